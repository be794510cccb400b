/** One HTTP call to a model server at callback level: no promise and no stream object per chunk. */
export interface UpstreamCall {
  /** Base address as configured, e.g. `http://127.0.0.1:11434`; may carry a path prefix such as `/v1`. */
  readonly baseUrl: string;
  /** Appended to the path of `baseUrl`, e.g. `/api/chat`. */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  /** Flat name, value list. */
  readonly headers: readonly string[];
  /** In pieces, sent as they are one after another; they must not change until the answer begins. */
  readonly body: readonly Buffer[] | null;
  readonly connectTimeoutMs: number;
}

export type UpstreamFailure =
  | 'connection_refused' // nobody listens, DNS or TLS failed
  | 'connection_reset' // the connection broke
  | 'timeout_connect'
  | 'invalid_response'; // not HTTP, or headers over the limit

/** Receives one answer. Calls come in order: head once, data any number of times, then end or fail, once. */
export interface UpstreamSink {
  head(status: number, contentType: string, retryAfter: string | null): void;
  /** The chunk is the receiver's to keep. */
  data(chunk: Buffer): void;
  end(): void;
  fail(kind: UpstreamFailure, message: string): void;
}

export interface UpstreamHandle {
  pause(): void;
  resume(): void;
  /** Closes the connection at once; no further call reaches the sink. Safe to call twice. */
  abort(): void;
}

export interface Upstream {
  send(call: UpstreamCall, sink: UpstreamSink): UpstreamHandle;
  close(): Promise<void>;
}
