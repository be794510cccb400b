import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReadAhead } from './read-ahead.ts';
import type { Position } from './reader.ts';

/** A log of one segment whose pages are single numbers, each as long as a byte. */
function logOf() {
  let written = 0;
  const reads: number[] = [];
  const log = createReadAhead(({ segment, offset }: Position) => {
    reads.push(offset);
    const value = offset < written ? offset : null;
    return {
      value,
      next: { segment, offset: value === null ? offset : offset + 1 },
      isAtEnd: offset + 1 >= written,
    };
  });
  return {
    write(values: number): void {
      written += values;
    },
    take: (offset: number) => log.take({ segment: 1, offset }),
    readOn: () => log.readOn(),
    written: () => written,
    reads,
  };
}

describe('reading ahead', () => {
  it('gives what a reader at that place would find at that moment, whatever was read before', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('write' as const), n: fc.nat(9) }),
      fc.record({ kind: fc.constant('on' as const), n: fc.nat(9) }),
      fc.record({ kind: fc.constant('take' as const), n: fc.constant(0) }),
      fc.record({ kind: fc.constant('jump' as const), n: fc.nat(20) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const log = logOf();
        let place = 0;
        for (const { kind, n } of steps) {
          if (kind === 'write') log.write(n);
          else if (kind === 'on') for (let i = 0; i < n; i += 1) log.readOn();
          else {
            if (kind === 'jump') place = n;
            const page = log.take(place);
            expect(page.value).toBe(place < log.written() ? place : null);
            if (place >= log.written()) expect(page.isAtEnd).toBe(true);
            place = page.next.offset;
          }
        }
      }),
    );
  });

  it('reads nothing twice on the way, and no more than four pages ahead', () => {
    const log = logOf();
    log.write(20);
    for (let place = 0; place < 20; place += 1) {
      log.take(place);
      while (log.readOn());
      expect(log.reads.length).toBeLessThanOrEqual(place + 1 + 5); // and the last, which is read when it is asked for
    }
    expect(log.reads).toHaveLength(21);
  });
});
