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

/** What a model server said when it failed. */
export interface UpstreamReport {
  /** HTTP status, or null for an error inside a stream that had begun well. */
  readonly status: number | null;
  readonly message: string;
  readonly type: string | null;
  readonly code: string | null;
}

/** A class and the words that tell it; all lower case, found anywhere in message, type or code. */
interface Signs {
  readonly means: ErrorClass;
  readonly words: readonly string[];
}

/**
 * Real servers' words in the order in which they are looked for. Words come before the status, because servers pick
 * odd ones: vLLM reports its dying engine as 400, llama.cpp an exhausted cache as 500.
 * Sources: `reference/protocols.md` §1.7.
 */
const SIGNS: readonly Signs[] = [
  { means: 'client_abort', words: ['request canceled', 'request cancelled', 'aborterror'] },
  {
    // First of all the others: Groq calls a spent token budget "Request too large".
    means: 'rate_limited',
    words: [
      'rate limit',
      'rate_limit',
      'ratelimit',
      'tokens per minute',
      'requests per minute',
      'insufficient_quota',
    ],
  },
  {
    means: 'context_length',
    words: [
      'exceed_context_size_error',
      'context_length_exceeded',
      'exceeds the available context size',
      'maximum context length is',
      "max_tokens' or 'max_completion_tokens' is too large",
      'prompt is longer than the context length',
      'input length exceeds the context length',
      'prompt is too long',
      'longer than the maximum model length',
      'exceeds maximum context length',
      'greater than the context length',
      'exceed context window',
      'increase the physical batch size',
      'context shift is disabled',
    ],
  },
  {
    // The cache that all requests share ran out: a lack of room, not a request that is too long.
    means: 'overloaded',
    words: [
      'context size has been exceeded',
      'failed to find free space in the kv cache',
      'failed to find a memory slot',
      'input prompt is too big compared to kv size',
    ],
  },
  {
    means: 'out_of_memory',
    words: [
      'out of memory',
      'outofmemory',
      'out-of-memory',
      'out of device memory',
      'out_of_device_memory',
      'erroroutofdevicememory',
      'cudamalloc failed',
      'hipmalloc failed',
      'failed to allocate',
      'allocation failed',
      'not enough memory',
      'insufficient memory',
      'cuda error',
      'requires more system memory',
      'ggml_assert',
      'llama_init_from_model',
      'unable to allocate',
      'memory layout cannot be allocated',
      'failed to commit memory',
    ],
  },
  {
    means: 'upstream_5xx',
    words: [
      'llama runner process has terminated',
      'llama runner process no longer running',
      'llama-server process has terminated',
      'model runner has unexpectedly stopped',
      'an error was encountered while running the model',
      'enginecore encountered an issue',
      'enginedeaderror',
      'background loop has errored',
      'decode() failed',
      'compute error',
      'unexpected eof',
      'forcibly closed',
      'post predict:',
    ],
  },
  {
    means: 'overloaded',
    words: [
      'timed out waiting for llama runner to start',
      'timed out waiting for llama-server to start',
      'unexpected server status: llm server loading model',
      'server busy',
      'maximum pending requests exceeded',
      'no slots available after',
      'could not find an available sequence',
      'overloaded_error',
      'engine is currently overloaded',
      'slow_down',
    ],
  },
  {
    means: 'connection_refused',
    words: ['econnrefused', 'connection refused', 'enotfound', 'eai_again', 'no such host', 'ehostunreach'],
  },
  { means: 'timeout_connect', words: ['und_err_connect_timeout'] },
  {
    means: 'connection_reset',
    words: [
      'econnreset',
      'epipe',
      'und_err_socket',
      'socket hang up',
      'connection reset by peer',
      'other side closed',
    ],
  },
  {
    means: 'timeout_first_byte',
    words: ['und_err_headers_timeout', 'context deadline exceeded', 'etimedout'],
  },
  { means: 'timeout_idle', words: ['und_err_body_timeout'] },
  { means: 'bad_request', words: ['not_supported_error', 'notimplementederror'] },
];

const MODEL_MISSING = /model .{1,200} (?:not found|does not exist)|try pulling it first|model_not_found/;
const UNSUPPORTED = /does not support (?:chat|generate|tools|thinking|vision|insert|completion)/;

/** Answers of web servers and frameworks that know no such path: there is no model server at this address. */
const NO_MODEL_SERVER = /^(?:404 page not found|not found)\n|html page/;

/** Names the class of a failure that a model server reported. Pure; the same words give the same class. */
export function classifyUpstream(report: UpstreamReport): ErrorClass {
  const { status } = report;
  const said = `${report.message}\n${report.type ?? ''}\n${report.code ?? ''}`.toLowerCase();
  if (status === 499) return 'client_abort';
  if (status === 429) return 'rate_limited';
  for (const { means, words } of SIGNS) if (words.some((word) => said.includes(word))) return means;
  if (UNSUPPORTED.test(said)) return 'bad_request';
  if (status !== 401 && status !== 403 && MODEL_MISSING.test(said)) return 'model_not_found';
  return status === null ? 'upstream_5xx' : classOfStatus(status, said);
}

function classOfStatus(status: number, said: string): ErrorClass {
  switch (status) {
    case 401:
    case 403:
      return 'auth';
    case 404:
      return NO_MODEL_SERVER.test(said) ? 'invalid_response' : 'model_not_found';
    case 408:
    case 504:
      return 'timeout_first_byte';
    case 501:
      return 'bad_request';
    case 503:
    case 529:
      return 'overloaded';
    default:
      if (status >= 500) return 'upstream_5xx';
      if (status >= 400) return 'bad_request';
      return status >= 300 ? 'invalid_response' : 'upstream_5xx';
  }
}
