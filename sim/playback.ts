import type { ServerResponse } from 'node:http';

/** A run of bytes and how long after the one before it comes. */
export interface Piece {
  readonly bytes: Buffer;
  readonly delayMs: number;
  /** Part of the protocol's end marker: a truncated stream leaves it out. */
  readonly terminal: boolean;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly pieces: readonly Piece[];
}

/** What is done on the socket; faults change the ending. */
export interface Playback {
  readonly reply: Reply;
  readonly ending: 'clean' | 'reset' | 'hang';
  /** Bytes one by one, this far apart. */
  readonly trickleMs: number | null;
}

export type CloseReason = 'finished' | 'client_closed' | 'reset';

/** Time for the bytes before a reset to leave: a reset may overtake them in the peer's kernel. */
const SETTLE_MS = 20;

export const clean = (reply: Reply): Playback => ({ reply, ending: 'clean', trickleMs: null });

/** A reply of one piece. */
export function whole(options: {
  status: number;
  contentType: string;
  body: string | Buffer;
  delayMs?: number;
  headers?: Readonly<Record<string, string>>;
}): Reply {
  const bytes = Buffer.from(options.body);
  return {
    status: options.status,
    headers: {
      'content-type': options.contentType,
      'content-length': String(bytes.length),
      ...options.headers,
    },
    pieces: [{ bytes, delayMs: options.delayMs ?? 0, terminal: false }],
  };
}

/** What has been sent so far, kept up to date while it plays. */
export interface Tally {
  status: number | null;
  bytesSent: number;
}

/** Sends a playback at its pace, with back-pressure; returns when the socket is done with. */
export async function play(
  res: ServerResponse,
  { reply, ending, trickleMs }: Playback,
  tally: Tally,
): Promise<CloseReason> {
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  if (res.closed) close();
  else res.once('close', close);
  const isGone = (): boolean => res.destroyed || res.writableEnded;
  let dueMs = performance.now();

  const begin = (): void => {
    if (res.headersSent) return;
    res.writeHead(reply.status, reply.headers);
    tally.status = reply.status;
  };
  const send = async (bytes: Buffer): Promise<void> => {
    if (isGone()) return;
    begin();
    if (bytes.length === 0) res.flushHeaders();
    tally.bytesSent += bytes.length;
    if (!res.write(bytes)) await Promise.race([closed, drained(res)]);
  };

  for (const piece of reply.pieces) {
    dueMs += piece.delayMs;
    // Under a millisecond a timer is coarser than the wait itself: pieces that are due leave together.
    const waitMs = dueMs - performance.now();
    if (waitMs >= 1) await sleep(waitMs, closed);
    if (trickleMs === null) await send(piece.bytes);
    else {
      for (let i = 0; i < piece.bytes.length && !isGone(); i++) {
        await send(piece.bytes.subarray(i, i + 1));
        await sleep(trickleMs, closed);
      }
    }
    if (isGone()) return 'client_closed';
  }
  if (ending === 'hang') {
    await closed;
    return 'client_closed';
  }
  if (ending === 'reset') {
    if (res.headersSent) await sleep(SETTLE_MS, closed);
    const isOurs = !isGone();
    res.socket?.resetAndDestroy();
    await closed;
    return isOurs ? 'reset' : 'client_closed';
  }
  begin();
  res.end();
  await closed;
  return res.writableFinished ? 'finished' : 'client_closed';
}

function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    res.once('drain', resolve);
  });
}

/** Ends early when the socket closes, and leaves no timer behind. */
function sleep(ms: number, closed: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void closed.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
