import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../test/support/parse-csv.ts';
import { type Cell, csvCell, csvHead, csvRow } from './csv.ts';

const hostile = fc.string({
  unit: fc.constantFrom(
    '=',
    '+',
    '-',
    '@',
    '\t',
    '\r',
    '\n',
    '"',
    ',',
    "'",
    ' ',
    'a',
    '1',
    '你',
    '＝',
    '😀',
    ';',
  ),
  maxLength: 12,
});

describe('a cell', () => {
  it.each<[string, Cell, string]>([
    ['nothing', null, ''],
    ['an empty text', '', ''],
    ['plain text', 'hello 你好', 'hello 你好'],
    ['a negative number', -12.5, '-12.5'],
    ['a large number', 1_700_000_000_000, '1700000000000'],
    ['a truth value', false, 'false'],
    ['a text that is a negative number', '-12.5', "'-12.5"],
    ['a formula', '=1+1', "'=1+1"],
    ['a formula that calls out', '=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ['a command', "@SUM(1)|cmd|' /C calc'!A0", "'@SUM(1)|cmd|' /C calc'!A0"],
    ['a formula behind a tab', '\t=1', "'\t=1"],
    ['a formula behind a line end', '\r=1', '"\'\r=1"'],
    ['a full-width sign', '＝1', "'＝1"],
    ['a comma and a quote', 'a,"b"', '"a,""b"""'],
    ['a line end inside', 'a\nb', '"a\nb"'],
  ])('of %s', (_name, value, written) => {
    expect(csvCell(value)).toBe(written);
  });

  it('comes back as it was, but for the apostrophe', () => {
    const columns = [0, 1, 2].map((i) => ({
      name: `c${i}`,
      value: (row: readonly string[]) => row[i] ?? '',
    }));
    const rows = fc.array(fc.tuple(hostile, hostile, fc.string({ unit: 'binary' })), { maxLength: 20 });
    fc.assert(
      fc.property(rows, (given) => {
        const text = csvHead(columns) + given.map((row) => csvRow(columns, row)).join('');
        const [head, ...read] = parseCsv(text);
        expect(head).toEqual(['c0', 'c1', 'c2']);
        expect(read).toEqual(
          given.map((row) => row.map((cell) => (/^[=+\-@\t\r\n＝＋－＠]/.test(cell) ? `'${cell}` : cell))),
        );
      }),
    );
  });

  it('never starts a formula, whatever the text', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const [[cell = ''] = []] = parseCsv(`\uFEFF${csvCell(text)},x\r\n`);
        expect('=+-@\t\r\n＝＋－＠'.includes(cell.slice(0, 1)) && cell !== '').toBe(false);
      }),
    );
  });
});
