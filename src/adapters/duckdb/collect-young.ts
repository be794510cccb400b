import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { readonly type: 'minor' }) => void;
let collect: Collect | null = null;

/**
 * Lets go of young objects, and with them of their bytes outside the heap: V8 by itself waits until there are some 128 MiB
 * of those, as few objects hold many bytes (decision 0005). Takes a few milliseconds.
 */
export function collectYoung(): void {
  collect ??= exposed();
  collect({ type: 'minor' });
}

function exposed(): Collect {
  setFlagsFromString('--expose-gc'); // read by contexts that are made from here on
  return runInNewContext('gc') as Collect;
}
