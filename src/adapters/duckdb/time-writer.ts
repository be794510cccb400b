/** Writes a time of whole milliseconds since 1970 where it is told; gives the place behind it. */
export type TimeWriter = (out: Uint8Array, at: number, timeMs: number) => number;

const MINUTE_MS = 60_000;
const [ZERO, POINT, ZULU] = [0x30, 0x2e, 0x5a];

/** Gives a writer of times as `toISOString` has them. Of neighbours, all but seconds is the same, and made once. */
export function createTimeWriter(): TimeWriter {
  let minuteMs = Number.NaN;
  let begin: Uint8Array = new Uint8Array();
  return (out, at, timeMs) => {
    const inMinute = ((timeMs % MINUTE_MS) + MINUTE_MS) % MINUTE_MS;
    if (timeMs - inMinute !== minuteMs) {
      minuteMs = timeMs - inMinute;
      begin = Buffer.from(new Date(minuteMs).toISOString().slice(0, -'00.000Z'.length));
    }
    for (let i = 0; i < begin.length; i += 1) out[at + i] = begin[i] ?? 0;
    const end = at + begin.length;
    const [seconds, ms] = [Math.trunc(inMinute / 1_000), Math.trunc(inMinute % 1_000)];
    out[end] = ZERO + Math.trunc(seconds / 10);
    out[end + 1] = ZERO + (seconds % 10);
    out[end + 2] = POINT;
    out[end + 3] = ZERO + Math.trunc(ms / 100);
    out[end + 4] = ZERO + (Math.trunc(ms / 10) % 10);
    out[end + 5] = ZERO + (ms % 10);
    out[end + 6] = ZULU;
    return end + 7;
  };
}
