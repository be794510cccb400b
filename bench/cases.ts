import type { Gateway, GatewayName } from './gateways/gateway.ts';
import type { LoadCommands } from './load.ts';
import type { RequestFigures, Target } from './load-requests.ts';
import type { ChunkFigures } from './load-streams.ts';
import type { MeasureId } from './measures.ts';
import type { RequestSpec } from './requests.ts';

/** How long and how much; a quick run only shows that everything works. */
export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
  readonly heldStreams: number;
  /** For each kind of request, before the first measurement. */
  readonly warmSeconds: number;
}

/** What a case has at hand. */
export interface Bench {
  readonly load: LoadCommands;
  readonly effort: Effort;
}

export type Figures = Partial<Record<MeasureId, number>>;

export interface Case {
  readonly name: string;
  readonly protocol: RequestSpec['protocol'];
  /** Servers that this case is not for. */
  readonly without: readonly GatewayName[];
  /**
   * For streams that are held open: the server is started anew for every round, because memory once taken
   * from the system is not given back, and before model servers whose answers do not end.
   */
  readonly isHeld: boolean;
  measure(bench: Bench, gateway: Gateway): Promise<Figures>;
}

const CONNECTIONS = 16;
const STEADY_PER_SECOND = 1000;
/** With `CHUNK_STREAMS`, 2,000 chunks a second: the slowest server here can carry them without gluing any. */
const CHUNK_STREAMS = 40;
export const ENDING_STREAMS = { chunks: 200, intervalMs: 20, chunkBytes: 200 };
/** A chunk every two and a half seconds, for longer than any run. */
export const HELD_STREAMS = { chunks: 100_000, intervalMs: 2500, chunkBytes: 200 };

/** Short: what a long warm-up leaves behind in the heap would hide what the streams need. */
const HELD_WARM_SECONDS = 0.2;

export const CASES: readonly Case[] = [
  requestCase('small', { protocol: 'openai', size: 'small', isStream: false }),
  requestCase('large', { protocol: 'openai', size: 'large', isStream: false }),
  requestCase('ollama', { protocol: 'ollama', size: 'small', isStream: false }),
  {
    name: 'steady',
    protocol: 'openai',
    without: [],
    isHeld: false,
    async measure({ load, effort }, gateway) {
      const target = targetOf(
        gateway,
        { protocol: 'openai', size: 'small', isStream: false },
        2 * effort.seconds,
      );
      const figures = checked(await load.open({ ...target, perSecond: STEADY_PER_SECOND }));
      return {
        p50_steady: figures.p50Ms,
        p99_steady: figures.p99Ms,
        cpu_steady: figures.cpuMicrosPerRequest,
      };
    },
  },
  chunkCase('sse', 'openai'),
  chunkCase('ndjson', 'ollama'),
  {
    name: 'memory',
    protocol: 'openai',
    without: ['bare'],
    isHeld: true,
    async measure({ load, effort }, gateway) {
      await warmUp({ load, effort }, gateway, HELD_WARM_SECONDS);
      const target = targetOf(gateway, { protocol: 'openai', size: 'small', isStream: true }, effort.seconds);
      const held = await load.hold({ ...target, streams: effort.heldStreams });
      if (held.open < effort.heldStreams) {
        throw new Error(
          `${held.open} of ${effort.heldStreams} streams held; ended ${JSON.stringify(held.ended)}`,
        );
      }
      return { kib_per_stream: held.bytesPerStream / 1024, ready: gateway.readyMs };
    },
  },
];

/** Lets a just-in-time compiler see every kind of request before anything is counted. */
export async function warmUp({ load }: Bench, gateway: Gateway, seconds: number): Promise<void> {
  const kinds = gateway.protocols.flatMap((protocol) => [
    { protocol, size: 'small', isStream: false } as const,
    { protocol, size: 'large', isStream: false } as const,
    { protocol, size: 'small', isStream: true } as const,
  ]);
  for (const kind of kinds) {
    const target = targetOf(gateway, kind, seconds);
    if (kind.isStream) await load.chunks({ ...target, streams: CHUNK_STREAMS });
    else await load.closed({ ...target, connections: CONNECTIONS });
  }
}

function requestCase(name: 'small' | 'large' | 'ollama', request: Omit<RequestSpec, 'headers'>): Case {
  return {
    name,
    protocol: request.protocol,
    without: [],
    isHeld: false,
    async measure({ load, effort }, gateway) {
      const target = targetOf(gateway, request, effort.seconds);
      const figures = checked(await load.closed({ ...target, connections: CONNECTIONS }));
      return {
        [`cpu_${name}`]: figures.cpuMicrosPerRequest,
        ...(gateway.aside && { [`aside_${name}`]: figures.asideMicrosPerRequest }),
        [`per_second_${name}`]: figures.perSecond,
        [`p50_${name}`]: figures.p50Ms,
        [`p99_${name}`]: figures.p99Ms,
      };
    },
  };
}

function chunkCase(name: 'sse' | 'ndjson', protocol: RequestSpec['protocol']): Case {
  return {
    name,
    protocol,
    without: ['bare'],
    isHeld: false,
    async measure({ load, effort }, gateway) {
      const target = targetOf(gateway, { protocol, size: 'small', isStream: true }, 1.5 * effort.seconds);
      const figures = checked(await load.chunks({ ...target, streams: CHUNK_STREAMS }));
      return {
        [`cpu_${name}_chunk`]: figures.cpuMicrosPerChunk,
        [`reads_per_${name}_chunk`]: figures.readsPerChunk,
      };
    },
  };
}

function targetOf(gateway: Gateway, request: Omit<RequestSpec, 'headers'>, seconds: number): Target {
  const spec = { ...request, headers: gateway.headers };
  return {
    port: gateway.port,
    pid: gateway.pid,
    aside: gateway.aside ?? null,
    spec,
    warmMs: Math.min(500, 500 * seconds),
    measureMs: 1000 * seconds,
  };
}

/** A figure from a run with failed requests would flatter whoever failed them cheaply. */
function checked<T extends RequestFigures | ChunkFigures>(figures: T): T {
  const total = 'requests' in figures ? figures.requests : figures.chunks;
  if (figures.errors > 0 || total === 0)
    throw new Error(`${figures.errors} failed requests, ${total} counted`);
  return figures;
}
