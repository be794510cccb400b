/** A model to examine: registered on a gateway, or named on the command line. */
export interface Subject {
  /** Registered id; null for a server that is examined directly. */
  readonly id: string | null;
  readonly protocol: 'ollama' | 'openai';
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Name on the model server; null when any will do and none was found. */
  readonly upstreamModel: string | null;
  /** Options that Sluice sends with every call of this model. */
  readonly options: Readonly<Record<string, unknown>> | null;
}

/** One short HTTP answer, its body cut at 64 KiB. */
export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  /** Header `Server`, empty when absent. */
  readonly server: string;
  readonly contentType: string;
  readonly text: string;
}

/** No HTTP answer came; `code` is the system's (`ECONNREFUSED`), or `TIMEOUT`. */
export interface NoAnswer {
  readonly kind: 'none';
  readonly code: string;
}
export type Contact = Answer | NoAnswer;

/** A model in the memory of an Ollama, from `/api/ps`. */
export interface Loaded {
  readonly name: string;
  readonly sizeBytes: number;
  /** Part of it in the memory of the GPU; 0 is a model on the CPU. */
  readonly vramBytes: number;
  /** Tokens; null where this Ollama does not tell. */
  readonly contextLength: number | null;
}

/** One streamed question to the model. */
export interface Talk {
  readonly contact: Contact;
  /** From the request to each piece of the answer with text or thinking. */
  readonly pieceMs: readonly number[];
  /** From the request to the end of the answer, or to giving up. */
  readonly totalMs: number;
  /** What the model server says it spent on writing the answer; null where it does not say. */
  readonly writingMs: number | null;
  readonly wasLoaded: boolean | null;
  readonly isComplete: boolean;
  /** Text of an error inside the stream. */
  readonly error: string | null;
}

/** Everything that was found out about one model; the checks look at nothing else. */
export interface Facts {
  readonly subject: Subject;
  /** The server runs on this machine. */
  readonly isLocal: boolean;
  /** `GET /api/version` (Ollama) or `GET /models` (OpenAI). */
  readonly front: Contact;
  /** Address of an Ollama that answers there: on the same address, or on its usual port of the same host. */
  readonly ollamaAt: string | null;
  /** The address answers `GET /v1/models` although it is registered as Ollama. */
  readonly speaksOpenai: boolean;
  /** Names that the server offers; null when it did not say. */
  readonly names: readonly string[] | null;
  readonly loaded: readonly Loaded[];
  /** As the server tells it, e.g. `32.8B`. */
  readonly parameterSize: string | null;
  /** Answer to the announcement of a body as large as Sluice takes; null when nothing objected. */
  readonly largeBody: Contact | null;
  readonly talk: Talk | null;
  /** Memory of this machine, when the server runs on it. */
  readonly memoryBytes: number | null;
}

/** The name as Ollama lists it: without a tag it means `:latest`. */
export function fullName(name: string): string {
  return name.includes(':') ? name : `${name}:latest`;
}

/** True for an answer that nginx made itself, not the server behind it. */
export function isFromNginx(contact: Contact): boolean {
  return (
    contact.kind === 'answer' &&
    contact.status >= 400 &&
    /html/i.test(contact.contentType) &&
    /nginx|openresty/i.test(`${contact.server} ${contact.text}`)
  );
}
