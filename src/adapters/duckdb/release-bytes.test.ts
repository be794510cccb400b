import { expect, it } from 'vitest';
import { releaseBytes } from './release-bytes.ts';

const MIB = 1024 * 1024;
const outside = (): number => process.memoryUsage().arrayBuffers / MIB;

it('lets go of bytes outside the heap that nobody holds any more', () => {
  const before = outside();
  let most = before;
  for (let made = 0; made < 400; made += 1) {
    new Uint8Array(MIB).fill(made);
    if (made % 8 === 0) releaseBytes();
    most = Math.max(most, outside());
  }
  expect(most - before).toBeLessThan(40); // V8 by itself lets 64 and more stand
});
