import type { Model } from '../domain/config.ts';
import type { ErrorClass } from '../domain/error-class.ts';
import type { FallbackReason } from '../domain/routing.ts';
import type { Waiter } from './admission.ts';
import { answerRefusal, answerWhole, lastWords } from './answer.ts';
import { answerHeaders, STREAM_HEADERS } from './answer-headers.ts';
import { answerMeta } from './answer-meta.ts';
import { Attempt } from './attempt.ts';
import { type AttemptFailure, type AttemptOwner, ownFailure } from './attempt-owner.ts';
import { standbyNow } from './decide.ts';
import type { Exchange } from './exchange.ts';
import { Fault } from './fault.ts';
import type { OpenCall } from './open-calls.ts';
import { CLIENT_ABORT, type Ending, failureEnding, GOOD_ENDING, record } from './record.ts';
import { Seat } from './seat.ts';
import { upstreamCall } from './upstream-call.ts';
import { breakerOpenFault, isWorthAnotherModel, queueTimeFault } from './upstream-fault.ts';
import { statusOf } from './wire/errors.ts';
import type { PreparedCall } from './wire/wire.ts';

const EMPTY = Buffer.alloc(0);

type Phase =
  | 'queued' // for a place at the model
  | 'calling' // the model server has the word
  | 'stuck' // the client does not take what is there; the model server is held back
  | 'flushing' // all is said and recorded; the last bytes are on their way
  | 'closed';

/**
 * The second half of a request's life: admit, call, relay, record. It stands between the attempts and the client,
 * and makes sure of three things: one event, each permit given back once, nothing left open.
 */
export class Call implements Waiter, OpenCall, AttemptOwner {
  place = -1;
  readonly #x: Exchange;
  readonly #totalDueMs: number;
  #phase: Phase = 'queued';
  #ownDueMs = Number.POSITIVE_INFINITY;
  /** Gone once the answer has begun: nobody can stand in any more, and the question need not be kept. */
  #prepared: PreparedCall | null = null;
  #seat: Seat;
  #attempt: Attempt | null = null;
  #hasStoodIn = false;

  /** `first` is the model whose total time counts. */
  constructor(x: Exchange, first: Model) {
    this.#x = x;
    this.#totalDueMs = x.services.clock.monotonicMs() + first.totalTimeoutMs;
    this.#seat = new Seat(x.services, x.inbound.isChat);
  }

  get dueMs(): number {
    return this.#phase === 'calling' && this.#attempt !== null ? this.#attempt.dueMs : this.#ownDueMs;
  }

  /** Throws Fault when the request cannot be put to the model, or has no place in its queue. */
  start(model: Model): void {
    this.#x.services.openCalls.add(this);
    this.#x.client.onClose(() => this.#onClose());
    this.#admit(model);
  }

  shutDown(fault: Fault): void {
    if (this.#phase === 'flushing' || this.#phase === 'closed') return;
    this.#leaveModel('rejected');
    this.#answerFailure(ownFailure(fault, this.#attempt?.relay.midFrame() ?? false));
  }

  destroy(): void {
    this.#x.client.destroy();
  }

  onPermit(): void {
    this.#seat.onPermit();
    this.#begin();
  }

  /** Who waits for a model that is cut off goes to the standby at once. Where there is none, it goes on waiting. */
  onModelOpen(modelId: string): void {
    const { assignment, serving, inbound } = this.#x;
    if (this.#phase !== 'queued' || serving?.id !== modelId || !inbound.isChat) return;
    if (assignment?.reason === 'override') this.shutDown(breakerOpenFault(serving));
    else this.#standIn('open');
  }

  onDue(nowMs: number): void {
    const { serving, client } = this.#x;
    if (this.#phase === 'calling') this.#attempt?.onDue(nowMs);
    else if (this.#phase === 'queued' && serving !== null) this.shutDown(queueTimeFault(serving));
    else client.destroy(); // nobody reads: as good as gone
  }

  onBytes(bytes: Buffer, isLast: boolean): void {
    this.#x.status = 200; // from here on it is too late for another status, or another model
    this.#x.answerBytes += bytes.length;
    if (isLast) this.#recordGood();
    this.#whenWritten(() => {
      if (!this.#write(bytes) && this.#phase === 'calling') this.#waitForClient();
    });
  }

  onEnd(rest: Buffer | null): void {
    this.#x.answerBytes += rest?.length ?? 0;
    this.#recordGood();
    this.#seat.leave(this);
    this.#flush();
    this.#whenWritten(() => {
      this.#write(rest ?? EMPTY);
      this.#x.client.end();
    });
  }

  onWhole(body: Buffer): void {
    this.#x.answerBytes = body.length;
    this.#recordGood();
    this.#seat.leave(this);
    this.#flush();
    this.#whenWritten(() => answerWhole(this.#x, this.#prepared?.contentType ?? '', body));
  }

  onFailure(failure: AttemptFailure): void {
    try {
      this.#leaveModel(failure.errorClass);
      if (failure.rest !== null) this.#x.status = 200;
      const mayRetry = this.#x.status === 0 && !this.#hasStoodIn && isWorthAnotherModel(failure.errorClass);
      this.#hasStoodIn ||= mayRetry;
      if (!mayRetry || !this.#standIn('error')) this.#answerFailure(failure);
    } catch (error) {
      this.#onInternalError(error);
      this.destroy();
    }
  }

  #admit(model: Model): void {
    const x = this.#x;
    if (x.body === null) throw new Error('the body was let go too early');
    const prepared = x.inbound.prepare(x.body, model);
    const hasPermit = this.#seat.take(model, this);
    this.#prepared = prepared;
    x.dropped = prepared.dropped;
    x.serving = model;
    this.#phase = 'queued';
    if (hasPermit) this.#begin();
    else this.#ownDueMs = x.services.clock.monotonicMs() + model.timeoutMs;
  }

  #begin(): void {
    try {
      this.#send();
    } catch (error) {
      this.#onInternalError(error);
      this.shutDown(new Fault('internal', 'Sluice failed while it called the model; see its log'));
    }
  }

  #send(): void {
    const x = this.#x;
    const { services, serving: model } = x;
    const prepared = this.#prepared;
    if (model === null || prepared === null) throw new Error('sent before it was admitted');
    x.admittedMs ??= services.clock.monotonicMs();
    this.#phase = 'calling';
    const relay = prepared.openRelay(answerMeta(x, model));
    x.tap = relay.state;
    this.#attempt = new Attempt({
      clock: services.clock,
      model,
      relay,
      isStream: prepared.stream,
      totalDueMs: this.#totalDueMs,
      owner: this,
      onInternalError: (error) => this.#onInternalError(error),
    });
    this.#attempt.begin(services.upstream, upstreamCall(x, model, prepared));
  }

  /** Lets the standby take over. False when there is none, or it cannot: then all stays as it is. */
  #standIn(reason: FallbackReason): boolean {
    const x = this.#x;
    const { fallback } = x;
    const standby = standbyNow(x);
    if (standby === null) return false;
    const left = this.#seat; // given up once there is another
    this.#seat = new Seat(x.services, true);
    x.fallback = reason;
    try {
      this.#admit(standby);
      left.leave(this);
      return true;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      x.fallback = fallback;
      this.#seat = left;
      return false;
    }
  }

  #write(bytes: Buffer): boolean {
    const x = this.#x;
    if (x.client.isAnswered) return x.client.write(bytes);
    const type = this.#prepared?.contentType ?? '';
    const headers = [...answerHeaders(x), 'Content-Type', type, ...STREAM_HEADERS];
    x.body = null;
    this.#prepared = null;
    return x.client.begin(200, headers, bytes);
  }

  #waitForClient(): void {
    const { client, services, serving } = this.#x;
    this.#attempt?.pause();
    this.#phase = 'stuck';
    this.#ownDueMs = services.clock.monotonicMs() + (serving?.idleTimeoutMs ?? 0);
    client.onDrain(() => {
      if (this.#phase !== 'stuck') return;
      this.#phase = 'calling';
      this.#attempt?.resume();
    });
  }

  /** The failure is final: a status where nothing was sent yet, else the in-band error and the end. */
  #answerFailure(failure: AttemptFailure): void {
    const x = this.#x;
    const ending = failureEnding(failure.errorClass, failure.fault);
    if (x.status === 0) {
      x.status = statusOf(failure.fault);
      this.#record(ending);
      this.#whenWritten(() => answerRefusal(x, failure));
    } else {
      const last = lastWords(x, failure);
      x.answerBytes += last.length;
      this.#record(ending);
      this.#whenWritten(() => {
        this.#write(last);
        this.#x.client.end();
      });
    }
    this.#flush();
  }

  /** The event of a good answer, before its last bytes leave. */
  #recordGood(): void {
    const x = this.#x;
    if (x.recorded) return;
    if (this.#attempt !== null) x.attempts.push(this.#attempt.report('ok', null));
    this.#seat.tell(null);
    x.status = 200;
    this.#record(GOOD_ENDING);
  }

  #onInternalError(error: unknown): void {
    this.#x.services.onFailure({ err: error, request_id: this.#x.requestId }, 'internal fault');
  }

  #record(ending: Ending): void {
    const firstTokenAtMs = this.#attempt?.firstTokenAtMs ?? null;
    this.#x.ttftMs = firstTokenAtMs === null ? null : firstTokenAtMs - this.#x.receivedMs;
    record(this.#x, ending);
  }

  /** Leaves the queue, or ends the attempt under way and gives the permit back. */
  #leaveModel(errorClass: ErrorClass): void {
    const { attempts, recorded } = this.#x;
    if (this.#seat.hasPermit) {
      if (this.#attempt !== null && !recorded) {
        const outcome = errorClass === 'client_abort' ? 'client_abort' : 'error';
        attempts.push(this.#attempt.report(outcome, errorClass));
      }
      this.#attempt?.abort();
    }
    this.#seat.tell(errorClass);
    this.#seat.leave(this);
  }

  /** The last bytes of an answer leave after its event. */
  #whenWritten(send: () => void): void {
    this.#x.services.events.whenWritten(() => {
      if (this.#phase !== 'closed') send();
    });
  }

  /** All is said; the client may take as long for the rest as it may between two chunks. */
  #flush(): void {
    const { services, serving } = this.#x;
    this.#phase = 'flushing';
    this.#ownDueMs = services.clock.monotonicMs() + (serving?.idleTimeoutMs ?? 0);
  }

  /** The answer is out, or the client is gone. */
  #onClose(): void {
    const x = this.#x;
    const wasGone = this.#phase !== 'flushing';
    this.#phase = 'closed';
    x.services.openCalls.remove(this);
    if (!wasGone) return;
    this.#leaveModel('client_abort');
    this.#record(CLIENT_ABORT);
  }
}
