import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { readonly type: 'minor' | 'major' }) => void;
/** So much more than was held at the last collection of all may stand outside the heap: beside an export, a few MiB do. */
const MOST_BYTES = 48 * 1024 * 1024;
let collect: Collect | null = null;
let heldBytes = 0;

/**
 * Lets go of bytes outside the heap that nobody holds any more: V8 by itself waits until there are hundreds of MiB of those,
 * as few objects hold many bytes (decision 0005). Takes a few milliseconds; while the gateway is busy some of the objects
 * grow old, and about every hundred MiB of an export cost 40 ms.
 */
export function releaseBytes(): void {
  collect ??= exposed();
  collect({ type: 'minor' });
  heldBytes = Math.min(heldBytes, outsideBytes());
  if (outsideBytes() <= heldBytes + MOST_BYTES) return;
  collect({ type: 'major' });
  heldBytes = outsideBytes();
}

const outsideBytes = (): number => process.memoryUsage().arrayBuffers;

function exposed(): Collect {
  setFlagsFromString('--expose-gc'); // read by contexts that are made from here on
  return runInNewContext('gc') as Collect;
}
