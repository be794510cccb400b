import type { RequestRecord } from '../../contract/event.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { Traffic } from './traffic.ts';

/** The same sink, with each request counted on its way in. */
export function meteredEvents(events: EventSink, traffic: Traffic): EventSink {
  return {
    append(kind, record) {
      if (kind === 'request') traffic.add(record as RequestRecord); // what the kind says, by CONTRACT
      events.append(kind, record);
    },
    whenWritten: (work) => events.whenWritten(work),
    get dropped() {
      return events.dropped;
    },
    get droppedTexts() {
      return events.droppedTexts;
    },
    get unsyncedMs() {
      return events.unsyncedMs;
    },
    get writable() {
      return events.writable;
    },
    close: () => events.close(),
  };
}
