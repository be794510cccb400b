import type { IncomingHttpHeaders } from 'node:http';
import type { TurnFacts } from '../domain/session.ts';
import type { RequestOutline, Skim } from './wire/wire.ts';
import { lastUserContents } from './words.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a request says about its place in the conversation. */
export function turnOf(outline: RequestOutline, skim: Skim, clientRetry: number): TurnFacts {
  return {
    userMessages: outline.userMessages,
    assistantMessages: outline.assistantMessages,
    endsWithUser: outline.endsWithUser,
    lastUserMark: lastUserMark(skim),
    isRetry: clientRetry > 0,
  };
}

/** How often the official SDKs have sent this request before; they do so behind their caller's back. */
export function clientRetryOf(headers: IncomingHttpHeaders): number {
  const count = Number(headers['x-stainless-retry-count'] ?? 0);
  return Number.isInteger(count) && count > 0 ? count : 0;
}

/** A number that stands for the last user message. Only equality counts, so 32 bits do. */
function lastUserMark({ json, markOf }: Skim): number {
  const [content] = lastUserContents(json, 1);
  if (typeof content === 'string') return markOf(content);
  if (!Array.isArray(content)) return 0;
  let mark = content.length;
  for (const part of content as readonly Json[]) {
    // Of an image its kind is enough: hashing megabytes would tell no more.
    mark = markOf(typeof part.text === 'string' ? part.text : String(part.type), mark);
  }
  return mark;
}
