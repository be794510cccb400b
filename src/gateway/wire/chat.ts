import { Fault } from '../fault.ts';
import { outlineOf, outlineOfMessages, plainContent, requiredMessages } from './outline.ts';
import type { Inbound } from './wire.ts';

/** `POST /v1/chat`. */
export const chat: Inbound = {
  endpoint: 'chat',
  protocol: 'chat',
  outline: (body) => outlineOf(body, false, outlineOfMessages(requiredMessages(body.json), plainContent)),
  prepare() {
    throw new Fault('internal', 'not there yet');
  },
};
