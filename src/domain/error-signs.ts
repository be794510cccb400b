/** A piece of an error's text, in lower case. */
export type Sign = string | RegExp;

/** A class of errors, and what real servers say when they mean it. */
export interface Signs<Class extends string = string> {
  readonly means: Class;
  /** Only a machine says so: believed whatever the status. */
  readonly firm?: readonly Sign[];
  /** People say so too, and servers quote people: not believed where the status blames the caller's request. */
  readonly loose?: readonly Sign[];
}

/**
 * In the order in which they are looked for. Words come before the status, because servers pick odd ones: vLLM reports
 * its dying engine as 400, llama.cpp an exhausted cache as 500. What each was taken from: `test/vectors/upstream-errors.tsv`.
 */
export const SIGNS = [
  {
    // Before all others: Groq calls a spent token budget "Request too large".
    means: 'rate_limited',
    firm: [
      'rate_limit_exceeded',
      'rate_limit_error',
      'ratelimiterror',
      'tokens per minute',
      'requests per minute',
      'insufficient_quota',
    ],
    loose: ['rate limit', 'rate_limit', 'ratelimit'],
  },
  { means: 'client_abort', loose: ['request canceled', 'request cancelled', 'aborterror'] },
  {
    means: 'context_length',
    firm: [
      'exceed_context_size_error',
      'context_length_exceeded',
      'context_window_exceeded',
      'exceeds the available context size',
      'maximum context length is',
      /exceeds (?:the )?(?:model's )?maximum context length/,
      "longer than the model's context length",
      "max_tokens' or 'max_completion_tokens' is too large",
      'max_tokens must be at least 1, got -', // vLLM, where the prompt leaves less than no room
      'prompt is longer than the context length',
      'input length exceeds the context length',
      'exceeds the maximum allowed length',
      'prompt is too long',
      'maximum prompt length is',
      'longer than the maximum model length',
      'greater than the context length',
      'exceeds the context window',
      'exceed context window',
      /context window of \d+ tokens/,
      /`inputs` (?:tokens \+ `max_new_tokens` must be <=|must have less than)/,
      /trying to keep the first \d+ tokens/,
      'increase the physical batch size',
      'context shift is disabled',
    ],
  },
  {
    // The cache that all requests share ran out: a lack of room, not a request that is too long.
    means: 'overloaded',
    firm: [
      'context size has been exceeded',
      'failed to find free space in the kv cache',
      'failed to find a memory slot',
      'input prompt is too big compared to kv size',
      'kv cache pool is full',
    ],
  },
  {
    means: 'out_of_memory',
    firm: [
      /\b(?:cuda|hip|mps|xpu)(?: backend)? out of memory/,
      /\b(?:cuda|hip|rocm) error: /,
      'outofmemoryerror',
      'erroroutofmemory', // cudaErrorOutOfMemory, hipErrorOutOfMemory, Metal's kIOGPUCommandBufferCallbackErrorOutOfMemory
      'error_out_of_memory', // CUDA_ERROR_OUT_OF_MEMORY
      'erroroutofdevicememory',
      'error_out_of_device_memory',
      'cudamalloc failed',
      'hipmalloc failed',
      'alloc_failed', // CUBLAS_STATUS_ALLOC_FAILED
      'requires more system memory',
      'insufficient system resources',
      'not enough resources to load the model',
      'ggml_assert',
      'llama_init_from_model',
      'reported out-of-memory during startup',
      'memory layout cannot be allocated',
      'failed to commit memory',
    ],
    loose: [
      'out of memory',
      'out-of-memory',
      'out of device memory',
      'failed to allocate',
      'allocation failed',
      'not enough memory',
      'insufficient memory',
      'unable to allocate',
      'cuda error',
    ],
  },
  { means: 'truncated', firm: ['incomplete generation'] },
  {
    means: 'upstream_5xx',
    firm: [
      'llama runner process has terminated',
      'llama runner process no longer running',
      'llama-server process has terminated',
      'model runner has unexpectedly stopped',
      'error was encountered while running the model',
      'error loading model',
      'failed to load model',
      'enginecore encountered an issue',
      'enginedeaderror',
      'background loop has errored',
      'decode() failed',
      'request failed during generation',
      /the model (?:has )?crashed without additional information/,
      /\bmodel (?:is )?unloaded\b/,
      'post predict:',
    ],
    loose: ['compute error', 'unexpected eof', 'forcibly closed'],
  },
  {
    means: 'overloaded',
    firm: [
      /timed out waiting for llama(?: runner|-server) to start/,
      'llm server loading model',
      'maximum pending requests exceeded',
      'no slots available after',
      'could not find an available sequence',
      'overloaded_error',
      'engine is currently overloaded',
      'the request queue is full',
      'aborted by a higher priority request',
      'slow_down',
    ],
    loose: ['server busy', 'overloaded', 'loading model', 'is currently loading'],
  },
  {
    means: 'timeout_connect',
    firm: ['und_err_connect_timeout'],
    loose: ['connect timeout error', 'connect etimedout', /dial tcp .{1,100}: i\/o timeout/],
  },
  {
    means: 'connection_refused',
    loose: [
      'econnrefused',
      'connection refused',
      'enotfound',
      'eai_again',
      'no such host',
      'name or service not known',
      'temporary failure in name resolution',
      'ehostunreach',
      'enetunreach',
      'no route to host',
      'network is unreachable',
      'secure tls connection was established',
      'self-signed certificate',
      'self signed certificate',
      'unable to verify the first certificate',
      'cert_has_expired',
      'certificate has expired',
      'err_tls_cert_altname_invalid',
      'wrong version number',
    ],
  },
  {
    means: 'connection_reset',
    firm: ['und_err_socket'],
    loose: [
      'econnreset',
      'epipe',
      'broken pipe',
      'socket hang up',
      'connection reset by peer',
      'other side closed',
      'disconnect/reset before headers',
      'server disconnected without sending a response',
      'fetch failed',
      'typeerror: terminated',
    ],
  },
  {
    means: 'timeout_first_byte',
    firm: ['und_err_headers_timeout'],
    loose: ['context deadline exceeded', 'etimedout', 'i/o timeout'],
  },
  { means: 'timeout_idle', firm: ['und_err_body_timeout'] },
  {
    means: 'bad_request',
    firm: [
      'not_supported_error',
      'notimplementederror',
      /does not support (?:chat|generate|tools|thinking|vision|insert|completion)/,
    ],
  },
  {
    means: 'model_not_found',
    firm: [
      'model_not_found',
      'try pulling it first',
      /model .{1,200} (?:not found|does not exist)/,
      'no models loaded',
    ],
  },
] as const satisfies readonly Signs[];
