import { withoutEchoes } from './error-echo.ts';
import { SIGNS, type Sign, type Signs } from './error-signs.ts';

/** CONTRACT §5: the closed list of ways in which an attempt can fail. */
export const ERROR_CLASSES = [
  'context_length',
  'out_of_memory',
  'connection_reset',
  'connection_refused',
  'timeout_connect',
  'timeout_first_byte',
  'timeout_idle',
  'timeout_total',
  'overloaded',
  'rate_limited',
  'model_not_found',
  'auth',
  'bad_request',
  'invalid_response',
  'truncated',
  'upstream_5xx',
  'client_abort',
  'rejected',
] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

/** What may stand in a list or a filter: a class, or a word for several. */
export const ERROR_CLASS_NAMES = [...ERROR_CLASSES, 'timeout'] as const;
export type ErrorClassName = (typeof ERROR_CLASS_NAMES)[number];

/** The classes that a name stands for. */
export function classesOf(name: ErrorClassName): readonly ErrorClass[] {
  return name === 'timeout' ? ERROR_CLASSES.filter((one) => one.startsWith('timeout_')) : [name];
}

/** What a model server said when it failed. */
export interface UpstreamReport {
  /** HTTP status, or null for an error inside a stream that had begun well. */
  readonly status: number | null;
  readonly message: string;
  readonly type: string | null;
  readonly code: string | null;
}

/** A typing of its own, so that a class that is none is found here. */
const TABLE: readonly Signs<ErrorClass>[] = SIGNS;

/**
 * Answers that say "this request is wrong": what they quote may be anything. Not among them are those about the caller's
 * standing or patience, and TGI's 424, which it sends when its own engine failed.
 */
const BLAMING = new Set([400, 404, 405, 409, 413, 414, 415, 422]);

/** Answers of web servers and frameworks that know no such path: there is no model server at this address. */
const NO_MODEL_SERVER = /^(?:404 page not found|not found)\n|html page/;

/** Names the class of a failure that a model server reported. Pure; the same words give the same class. */
export function classifyUpstream(report: UpstreamReport): ErrorClass {
  const { status } = report;
  if (status === 499) return 'client_abort';
  if (status === 429) return 'rate_limited';
  const said = `${withoutEchoes(report.message)}\n${report.type ?? ''}\n${report.code ?? ''}`.toLowerCase();
  const isBlaming = status !== null && BLAMING.has(status);
  const found = TABLE.find(
    ({ firm = [], loose = [] }) => isSaid(firm, said) || (!isBlaming && isSaid(loose, said)),
  );
  // A refused credential stays one whatever else is said, unless it is a budget that is spent.
  if (status === 401 || status === 403) return found?.means === 'rate_limited' ? 'rate_limited' : 'auth';
  return found?.means ?? classOfStatus(status, said);
}

function isSaid(signs: readonly Sign[], said: string): boolean {
  return signs.some((sign) => (typeof sign === 'string' ? said.includes(sign) : sign.test(said)));
}

/** What is left when nothing known was said. 52x are Cloudflare's words about the server behind it. */
function classOfStatus(status: number | null, said: string): ErrorClass {
  switch (status) {
    case null:
      return 'upstream_5xx';
    case 402:
      return 'rate_limited';
    case 404:
      return NO_MODEL_SERVER.test(said) ? 'invalid_response' : 'model_not_found';
    case 407:
      return 'auth';
    case 408:
    case 504:
    case 524:
      return 'timeout_first_byte';
    case 424:
      return 'upstream_5xx';
    case 501:
      return 'bad_request';
    case 503:
    case 529:
      return 'overloaded';
    case 521:
    case 523:
    case 525:
    case 526:
      return 'connection_refused';
    case 522:
      return 'timeout_connect';
    default:
      if (status >= 500) return 'upstream_5xx';
      if (status >= 400) return 'bad_request';
      return status >= 300 ? 'invalid_response' : 'upstream_5xx';
  }
}
