import { timingSafeEqual } from 'node:crypto';
import { invalid } from '../../contract/fault.ts';
import type { Cursors } from '../../ports/analysis.ts';
import type { SecretBox } from '../../ports/secret-box.ts';

/** Bytes of the keyed digest that a cursor carries; 128 bits cannot be guessed. */
const MAC_BYTES = 16;

/** Hands out places in lists as opaque text that nobody else can make: `list` is bound in, so cursors do not mix. */
export function createCursors(box: SecretBox): Cursors {
  const macOf = (list: string, after: string): Buffer =>
    box.digest('cursor', JSON.stringify([list, after])).subarray(0, MAC_BYTES);
  return {
    write: (list: string, after: string): string =>
      Buffer.concat([macOf(list, after), Buffer.from(after)]).toString('base64url'),
    /** The place that a cursor of this list stands for. Throws `invalid` for any other text. */
    read(list: string, cursor: string): string {
      const bytes = Buffer.from(cursor, 'base64url');
      const after = bytes.subarray(MAC_BYTES).toString('utf8');
      const mac = bytes.subarray(0, MAC_BYTES);
      if (mac.length === MAC_BYTES && timingSafeEqual(mac, macOf(list, after))) return after;
      throw invalid('cursor', 'is no cursor of this list; take next_cursor of the page before');
    },
  };
}
