import type { Model } from '../domain/config.ts';
import { classifyUpstream, type ErrorClass } from '../domain/error-class.ts';
import type { Clock } from '../ports/clock.ts';
import type * as port from '../ports/upstream.ts';
import { type AttemptFailure, type AttemptOptions, type AttemptOwner, ownFailure } from './attempt-owner.ts';
import type { AttemptReport } from './exchange.ts';
import { Fault } from './fault.ts';
import { HeldBytes, MAX_ERROR_BYTES, MAX_HELD_BYTES, MAX_WHOLE_BYTES } from './held-bytes.ts';
import { Patience } from './patience.ts';
import { faultOf } from './upstream-fault.ts';
import { isAnswerType, looksLikeJson } from './upstream-shape.ts';
import { readUpstreamErrorBody } from './wire/upstream-error.ts';
import type { AnswerRelay, UpstreamErrorInfo } from './wire/wire.ts';

const EMPTY = Buffer.alloc(0);

interface NamedFailure extends Partial<Omit<AttemptFailure, 'fault'>> {
  readonly errorClass: ErrorClass;
  readonly message: string;
}

/** One call to one model: holds the answer back until it has begun well, watches its time, and names its failures. */
export class Attempt implements port.UpstreamSink {
  readonly model: Model;
  readonly relay: AnswerRelay;
  /** When the first text, thinking or tool piece of a streamed answer came, monotonic. */
  firstTokenAtMs: number | null = null;
  readonly #clock: Clock;
  readonly #owner: AttemptOwner;
  readonly #onInternalError: (error: unknown) => void;
  readonly #isStream: boolean;
  readonly #patience: Patience;
  /** What came before the first complete frame, or the parts of a body that is wanted whole. */
  readonly #held = new HeldBytes();
  #handle: port.UpstreamHandle | null = null;
  #reading: 'head' | 'stream' | 'whole' | 'error' = 'head';
  /** The first frame has come: from here on bytes go straight through. */
  #isForwarding = false;
  /** The last word has come, and the owner knows. */
  #isComplete = false;
  #isOver = false;
  #status: number | null = null;
  #retryAfter: string | null = null;

  constructor(options: AttemptOptions) {
    const { model, clock } = options;
    this.model = model;
    this.relay = options.relay;
    this.#clock = clock;
    this.#owner = options.owner;
    this.#onInternalError = options.onInternalError;
    this.#isStream = options.isStream;
    this.#patience = new Patience(model, clock.monotonicMs(), options.totalDueMs);
  }

  /** The next limit in time, monotonic. */
  get dueMs(): number {
    return this.#patience.dueMs;
  }

  begin(upstream: port.Upstream, call: port.UpstreamCall): void {
    const handle = upstream.send(call, this);
    if (!this.#isOver) this.#handle = handle;
  }

  pause(): void {
    this.#handle?.pause();
  }

  resume(): void {
    this.#patience.heardFrame(this.#clock.monotonicMs()); // the silence was ours
    this.#handle?.resume();
  }

  /** Closes the connection to the model server at once; the owner hears nothing more. */
  abort(): void {
    this.#isOver = true;
    this.#handle?.abort();
    this.#handle = null;
  }

  report(outcome: AttemptReport['outcome'], errorClass: ErrorClass | null): AttemptReport {
    const { startedMs } = this.#patience;
    return {
      modelId: this.model.id,
      outcome,
      errorClass,
      upstreamStatus: this.#status,
      latencyMs: this.#clock.monotonicMs() - startedMs,
      ttftMs: this.firstTokenAtMs === null ? null : this.firstTokenAtMs - startedMs,
    };
  }

  /** Called when `dueMs` has passed. */
  onDue(nowMs: number): void {
    if (this.#isComplete) {
      this.abort();
      this.#owner.onEnd(null);
    } else {
      const { errorClass, message } = this.#patience.lateness(nowMs);
      this.#fail(errorClass, message);
    }
  }

  head(status: number, contentType: string, retryAfter: string | null): void {
    this.#status = status;
    this.#retryAfter = retryAfter;
    if (status >= 400) this.#reading = 'error';
    else if (status >= 300)
      this.#fail('invalid_response', `the model server redirects (${status}), which is not followed`);
    else if (isAnswerType(contentType, this.#isStream)) this.#reading = this.#isStream ? 'stream' : 'whole';
    else
      this.#fail(
        'invalid_response',
        `the model server answered with "${contentType}", which is no chat answer; is base_url right?`,
      );
  }

  data(chunk: Buffer): void {
    if (this.#isOver) return;
    try {
      if (this.#reading === 'stream') this.#onChunk(chunk);
      else this.#collect(chunk);
    } catch (error) {
      this.#crash(error);
    }
  }

  end(): void {
    if (this.#isOver) return;
    this.#handle = null;
    try {
      if (this.#reading === 'stream') this.#onStreamEnd();
      else if (this.#reading === 'whole') this.#onWholeEnd();
      else this.#onErrorEnd();
    } catch (error) {
      this.#crash(error);
    }
  }

  fail(kind: port.UpstreamFailure, message: string): void {
    if (this.#isOver) return;
    this.#handle = null;
    if (this.#isComplete) {
      this.#isOver = true;
      this.#owner.onEnd(null); // broke after its last word
    } else if (this.#reading === 'error') this.#onErrorEnd();
    else this.#fail(kind, message);
  }

  #onChunk(chunk: Buffer): void {
    const { relay } = this;
    const bytes = relay.push(chunk);
    const { state } = relay;
    const nowMs = this.#clock.monotonicMs();
    if (this.firstTokenAtMs === null && state.hasContent) this.firstTokenAtMs = nowMs;
    if (state.error !== null) {
      this.#failInStream(bytes);
      return;
    }
    if (state.frames === 0) {
      this.#hold(bytes);
      return;
    }
    this.#patience.heardFrame(nowMs);
    const isLast = state.isOver && !this.#isComplete;
    if (isLast) this.#isComplete = true;
    const out = this.#isForwarding ? bytes : this.#release(bytes);
    if (out !== null || isLast) this.#owner.onBytes(out ?? EMPTY, isLast);
  }

  #hold(bytes: Buffer | null): void {
    if (bytes === null) return;
    this.#held.add(bytes);
    if (this.#held.size > MAX_HELD_BYTES) {
      this.#fail('invalid_response', `${MAX_HELD_BYTES} bytes came without one complete frame`);
    }
  }

  /** What was held back and what came now. */
  #release(bytes: Buffer | null): Buffer | null {
    this.#isForwarding = true;
    if (this.#held.size === 0) return bytes;
    if (bytes !== null) this.#held.add(bytes);
    return this.#held.take();
  }

  #onStreamEnd(): void {
    const { state } = this.relay;
    const isMidFrame = this.relay.midFrame(); // the end closes the frame for the reader, not for the client
    const rest = this.relay.end();
    if (state.error !== null) this.#failInStream(rest);
    else if (state.frames === 0) {
      const message =
        state.parseErrors > 0 ? 'the stream held no frame that could be read' : 'the stream was empty';
      this.#fail(state.parseErrors > 0 ? 'invalid_response' : 'truncated', message);
    } else if (!state.terminal) {
      const message = 'the model server ended the stream before the answer was complete';
      this.#failWith({ errorClass: 'truncated', message, rest: this.#release(rest), isMidFrame });
    } else {
      this.#isOver = true;
      this.#owner.onEnd(this.#release(rest));
    }
  }

  #collect(chunk: Buffer): void {
    this.#held.add(chunk);
    this.#patience.heardBytes(this.#clock.monotonicMs());
    if (this.#reading === 'error') {
      if (this.#held.size > MAX_ERROR_BYTES) this.#onErrorEnd();
    } else if (this.#held.size > MAX_WHOLE_BYTES) {
      this.#fail('invalid_response', `the answer is larger than ${MAX_WHOLE_BYTES} bytes`);
    }
  }

  #onWholeEnd(): void {
    const body = this.#held.take();
    const { relay } = this;
    let out: Buffer;
    try {
      out = relay.whole(body);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const { state } = relay;
      if (state.error !== null) this.#failReported(state.error);
      else this.#fail('invalid_response', error.message);
      return;
    }
    if (!relay.state.terminal && this.model.protocol === 'ollama') {
      this.#fail('truncated', 'the model server stopped before the answer was complete (done: false)');
      return;
    }
    this.#isOver = true;
    this.#owner.onWhole(out);
  }

  #onErrorEnd(): void {
    const body = this.#held.take();
    this.#failReported(readUpstreamErrorBody(body), looksLikeJson(body) ? body : null);
  }

  /** The model server itself said that it failed, by a status or under a good one. */
  #failReported(error: UpstreamErrorInfo, refusal: Buffer | null = null): void {
    const errorClass = classifyUpstream({ status: this.#refusedStatus(), ...error });
    this.#failWith({ errorClass, message: error.message, refusal });
  }

  /** The status where it said that something is wrong; null where the words came under a good one. */
  #refusedStatus(): number | null {
    return this.#status !== null && this.#status >= 400 ? this.#status : null;
  }

  /** An error frame: before any other it is a refusal, after one it breaks the stream. */
  #failInStream(bytes: Buffer | null): void {
    const { state, passThrough } = this.relay;
    if (state.error === null) return;
    if (state.frames === 0) {
      this.#failReported(state.error);
      return;
    }
    const errorClass = classifyUpstream({ status: null, ...state.error });
    const rest = this.#isForwarding ? bytes : this.#release(bytes);
    this.#failWith({ errorClass, message: state.error.message, rest, isTold: passThrough });
  }

  #fail(errorClass: ErrorClass, message: string): void {
    this.#failWith({ errorClass, message });
  }

  #failWith(failure: NamedFailure): void {
    const { errorClass, message, rest = null, isTold = false, refusal = null } = failure;
    const { isMidFrame = this.relay.midFrame() } = failure;
    this.abort();
    const server = { model: this.model, status: this.#status, retryAfter: this.#retryAfter };
    const fault = faultOf({ errorClass, message, ...server, nowMs: this.#clock.nowMs() });
    this.#owner.onFailure({ errorClass, fault, rest, isMidFrame, isTold, refusal });
  }

  #crash(error: unknown): void {
    this.abort();
    this.#onInternalError(error);
    const fault = new Fault('internal', 'Sluice failed while it relayed the answer; see its log');
    this.#owner.onFailure(ownFailure(fault, this.relay.midFrame()));
  }
}
