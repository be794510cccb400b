/** A model server that an admin named. */
export interface ServerAddress {
  /** With or without `/v1` at its end. */
  readonly baseUrl: string;
  readonly apiKey: string | null;
}

export interface FoundServer {
  /** As a model of this protocol needs it. */
  readonly baseUrl: string;
  /** Null where neither protocol was answered. */
  readonly protocol: 'ollama' | 'openai' | null;
  readonly models: readonly string[];
  readonly latencyMs: number;
  /** What came instead of a list of models. */
  readonly error: string | null;
}

/** Finds out what answers at an address. Never rejects: a failure is a report. */
export type ServerLook = (address: ServerAddress) => Promise<FoundServer>;
