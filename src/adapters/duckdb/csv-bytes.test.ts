import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvCell } from '../../domain/csv.ts';
import { createJsonList } from '../journal/json-list.ts';
import { createCsvBytes } from './csv-bytes.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '＝', '"', ',', '\\', 'a', '用') }),
);
const cell = fc.oneof(text, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());
const line = fc.array(fc.option(cell, { freq: 4 }), { minLength: 1, maxLength: 40 });

it('writes values of frames as it writes the cells that they are', () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1 }), (lines) => {
      const [fromFrames, fromCells] = [createCsvBytes(), createCsvBytes()];
      for (const cells of lines) {
        const json = Buffer.from(JSON.stringify(cells));
        const list = createJsonList(cells.length);
        list.open(json, 0, json.length);
        fromFrames.beginLine(json.length);
        fromCells.beginLine(0);
        for (const [place, one] of cells.entries()) {
          fromFrames.value(list, place);
          fromCells.cell(one);
        }
        fromFrames.endLine();
        fromCells.endLine();
      }
      const wanted = lines.map((cells) => `${cells.map((one) => csvCell(one)).join(',')}\r\n`).join('');
      expect(Buffer.from(fromCells.take()).toString()).toBe(Buffer.from(wanted).toString());
      expect(Buffer.from(fromFrames.take()).toString()).toBe(Buffer.from(wanted).toString());
      expect(fromFrames.length).toBe(0);
    }),
    { numRuns: 500 },
  );
});
