import type { FeedbackRecord, RequestRecord, SessionEndRecord } from './event.ts';
import type { Frame } from './frame.ts';

/** Whose words and names go. */
export interface Erased {
  readonly userId: string;
  /** Takes the place of the user's id, so that users still count. Made by chance; nothing leads back from it. */
  readonly pseudonym: string;
  /** Of the user's requests: their ids, the sessions they belong to, and what the client called those. */
  readonly requestIds: ReadonlySet<string>;
  readonly instances: ReadonlySet<string>;
  readonly sessionIds: ReadonlySet<string>;
}

/** Positions of one bucket: the exact one tells people apart, where there are a few thousand. */
const BUCKET_POSITIONS = 100;

/**
 * What may take the place of a frame that tells something about the user: forms of it that no longer do, the best first,
 * each a little shorter than the one before; none where nothing of it may stay. Null for a frame that tells nothing.
 * The ids that Sluice made by chance stay, because figures count by them. Pure.
 */
export function withoutUser(frame: Frame, erased: Erased): readonly Frame[] | null {
  switch (frame.kind) {
    case 'request':
      return frame.record.user_id === erased.userId ? anonymousRequests(frame.record, erased) : null;
    case 'text':
      return frame.record.user_id === erased.userId ? [] : null;
    case 'feedback':
      return isAbout(frame.record, erased) ? namelessFeedback(frame.record) : null;
    case 'session_end':
      return isAbout(frame.record, erased) ? namelessEnds(frame.record) : null;
    case 'derived':
    case 'judged':
      return null; // ids of Sluice's own, and words of closed lists
  }
}

function anonymousRequests(record: RequestRecord, { userId, pseudonym }: Erased): Frame[] {
  const { bucket, credential_id, session_instance } = record;
  const anonymous: RequestRecord = {
    ...record,
    user_id: pseudonym,
    user_source: null,
    // Where a key stands for its user, both have one id.
    credential_id: credential_id === userId ? '' : credential_id,
    session_id: session_instance,
    segment: null,
    user_created_at_ms: null,
    user_first_seen_ms: null,
    position: bucket === null ? null : bucket * BUCKET_POSITIONS,
    error_message: null,
    opening_mark: null,
  };
  return [anonymous, { ...anonymous, user_id: null }].map((one) => ({ kind: 'request', record: one }));
}

function isAbout(record: FeedbackRecord | SessionEndRecord, erased: Erased): boolean {
  const { session_instance: instance, session_id: name } = record;
  if ('request_id' in record && record.request_id !== null && erased.requestIds.has(record.request_id))
    return true;
  if (instance !== null) return erased.instances.has(instance);
  return name !== null && erased.sessionIds.has(name);
}

function namelessFeedback(record: FeedbackRecord): Frame[] | null {
  const { comment, session_id, session_instance: instance } = record;
  if (comment === null && (session_id === null || session_id === instance)) return null;
  const nameless = { ...record, comment: null };
  return [instance, null, ''].map((name) => ({
    kind: 'feedback',
    record: { ...nameless, session_id: name },
  }));
}

/** Of a session that nobody remembered, the name was all that there was. */
function namelessEnds(record: SessionEndRecord): Frame[] | null {
  const { session_id, session_instance: instance } = record;
  if (instance === null) return [];
  if (session_id === instance) return null;
  return [instance, ''].map((name) => ({ kind: 'session_end', record: { ...record, session_id: name } }));
}
