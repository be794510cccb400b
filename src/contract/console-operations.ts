import Type from 'typebox';
import { ChatKey, SessionEnded } from './console-session.ts';

/** The part of the admin API that is about a console at work. `/sign-in` begins and shows one. */
export const CONSOLE_OPERATIONS = {
  'session.end': {
    method: 'DELETE',
    path: '/session',
    role: 'viewer',
    summary: 'Sign out of the console',
    answer: SessionEnded,
  },
  'session.chat_key': {
    method: 'POST',
    path: '/session/chat-key',
    role: 'operator',
    summary: 'A key for the chat endpoints that ends with the console session; not for callers with a key',
    answer: ChatKey,
  },
  'live.open': {
    method: 'GET',
    path: '/live',
    role: 'viewer',
    summary:
      'Server-sent events: `changed` with the revision and the configuration version, at once and after each change',
    answer: Type.String(),
    contentType: 'text/event-stream',
    audited: false,
  },
} as const;
