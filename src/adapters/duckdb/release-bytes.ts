import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { readonly type: 'minor' | 'major' }) => void;
/** What may stand outside the heap after young objects were let go of: beside an export, a few MiB do. */
const MOST_BYTES = 48 * 1024 * 1024;
let collect: Collect | null = null;

/**
 * Lets go of bytes outside the heap that nobody holds any more: V8 by itself waits until there are hundreds of MiB of those,
 * as few objects hold many bytes (decision 0005). Takes a few milliseconds; while the gateway is busy some of the objects
 * grow old, and about every hundredth MiB of an export takes 40 ms.
 */
export function releaseBytes(): void {
  collect ??= exposed();
  collect({ type: 'minor' });
  if (process.memoryUsage().arrayBuffers > MOST_BYTES) collect({ type: 'major' });
}

function exposed(): Collect {
  setFlagsFromString('--expose-gc'); // read by contexts that are made from here on
  return runInNewContext('gc') as Collect;
}
