import type { Model } from '../../domain/config.ts';
import type { AssignmentReason, FallbackReason } from '../../domain/routing.ts';
import type { Clock } from '../../ports/clock.ts';

/** The chat endpoints. Each is a protocol in; `ollama` and `openai` are protocols upstream as well. */
export type Endpoint = 'chat' | 'openai_chat' | 'ollama_chat' | 'ollama_generate';
export type InboundProtocol = 'chat' | 'openai' | 'ollama';

export interface Span {
  /** First byte of the value, and the byte after its last. */
  readonly start: number;
  readonly end: number;
  /** First byte of the member's key (its quote). */
  readonly keyStart: number;
}

/** The parsed form of a body, in which long texts may be no more than stand-ins: kinds and counts are right. */
export interface Skim {
  readonly json: Readonly<Record<string, unknown>>;
  /** The text that a string in `json` is, or stands for. */
  textOf(text: string): string;
  /** CRC-32 of the UTF-8 of that text, `seed` being the mark of what stands before it. */
  markOf(text: string, seed?: number): number;
  /** To be kept: the text, or the JSON of it in UTF-8. Holds nothing else. */
  copyOf(text: string): string | Uint8Array;
  /** For later: the text, or where it is longer its two ends of about so many characters. Holds nothing else. */
  keep(text: string, maxChars: number): () => string;
}

/** A request body: its bytes, its parsed form, and where its top-level members stand in the bytes. */
export interface RawBody {
  readonly bytes: Buffer;
  /** Offset of the opening brace. */
  readonly open: number;
  readonly json: Readonly<Record<string, unknown>>;
  /** The same for whoever needs little of it: to look at a member of `json` decodes all that is in it. */
  readonly skim: Skim;
  /** Top-level members by key, in written order. */
  readonly spans: ReadonlyMap<string, Span>;
}

/** What routing, sessions and relay need to know of a body; made without translating it. */
export interface RequestOutline {
  /** `model`, where the protocol has one and it is not empty. */
  readonly model: string | null;
  readonly overrideModelId: string | null;
  readonly route: string | null;
  readonly stream: boolean;
  /** All system text, joined; part of the conversation's fingerprint. */
  readonly systemText: string;
  readonly firstUserText: string;
  /** Number of user messages; 1 with no assistant message marks the opening of a conversation. */
  readonly userMessages: number;
  readonly assistantMessages: number;
  /** True when the last message is the user's: a new round, unless it is a retry. */
  readonly endsWithUser: boolean;
}

/** What an answer in Sluice's own or a translated protocol says about itself. */
export interface AnswerMeta {
  readonly requestId: string;
  readonly sessionId: string;
  readonly modelId: string;
  readonly upstreamModel: string;
  readonly createdAtMs: number;
  /** For the durations that Ollama's protocol reports on a translated answer; without it they are left out. */
  readonly clock?: Clock;
  readonly assignment: {
    readonly routeId: string | null;
    readonly reason: AssignmentReason;
    readonly bucket: number | null;
    readonly assignedModelId: string;
    readonly fallback: FallbackReason | null;
    readonly configVersion: number;
  };
}

export interface Usage {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
}

/** An error that the model server reported, in a body or inside a stream. */
export interface UpstreamErrorInfo {
  readonly message: string;
  readonly type: string | null;
  readonly code: string | null;
}

/** What the tap has read so far. Mutable while the answer runs; never touches the bytes. */
export interface TapState {
  /** Complete answer frames so far (comments, keep-alives and error frames are not). */
  frames: number;
  /** The protocol's terminal marker was seen (`done:true`, `[DONE]`, a finish reason). */
  terminal: boolean;
  /** Nothing more belongs to the answer: Ollama's `done:true`, OpenAI's `[DONE]` (usage may stand before it). */
  isOver: boolean;
  error: UpstreamErrorInfo | null;
  text: string;
  thinking: string;
  toolCalls: number;
  finishReason: string | null;
  usage: Usage;
  /** Set at the first text, thinking or tool piece; for time to first token. */
  hasContent: boolean;
  /** Frames that could not be read. */
  parseErrors: number;
  /** A frame, or the text of the answer, was longer than the tap keeps; the bytes went through all the same. */
  parseTruncated: boolean;
}

/** Turns the bytes of one upstream answer into the bytes for the client, reading along. */
export interface AnswerRelay {
  readonly state: TapState;
  /**
   * True when frames go through in the model server's words: its in-stream error has then reached the client and
   * needs no frame of ours. A translating relay keeps such an error back, for `renderInBand`.
   */
  readonly passThrough: boolean;
  /** True when the bytes given out so far end inside a frame, so that `renderInBand` must break the line first. */
  midFrame(): boolean;
  /**
   * Takes one chunk of a streamed answer; gives the bytes for the client (the same chunk on a pass-through),
   * or null when there is nothing to send yet. Never throws.
   */
  push(chunk: Buffer): Buffer | null;
  /** The upstream ended cleanly: what is left for the client, or null. */
  end(): Buffer | null;
  /** Takes the whole body of an answer that is not streamed; gives the whole body for the client. Throws Fault. */
  whole(body: Buffer): Buffer;
}

/** An upstream request made from an inbound one for a certain model. */
export interface PreparedCall {
  readonly path: string;
  /** The body in pieces, most of them parts of the inbound one. */
  readonly body: readonly Buffer[];
  readonly stream: boolean;
  /** Content type of the answer to the client, e.g. `application/x-ndjson`. */
  readonly contentType: string;
  /** Fields without a counterpart in the upstream's protocol, for `X-Sluice-Dropped`. */
  readonly dropped: readonly string[];
  openRelay(meta: AnswerMeta): AnswerRelay;
}

/** One inbound protocol endpoint. */
export interface Inbound {
  readonly endpoint: Endpoint;
  readonly protocol: InboundProtocol;
  /** Reads and checks what Sluice needs. Throws Fault `bad_request` that names the field. */
  outline(body: RawBody): RequestOutline;
  /** Makes the upstream request. Throws Fault `bad_request` for what cannot be translated. */
  prepare(body: RawBody, model: Model): PreparedCall;
}

/** How a fault looks to a client of a protocol. */
export interface FaultAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  /** For the header `Retry-After`; always set on 429 and 503. */
  readonly retryAfterSeconds: number | null;
}
