import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyUpstream, ERROR_CLASSES, type UpstreamReport } from './error-class.ts';
import { withoutEchoes } from './error-echo.ts';

interface Row {
  readonly expected: string;
  readonly report: UpstreamReport;
  readonly source: string;
}

const file = new URL('../../test/vectors/upstream-errors.tsv', import.meta.url);
const rows: readonly Row[] = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [expected = '', status = '', type = '', code = '', message = '', source = ''] = line.split('\t');
    return {
      expected,
      report: {
        status: status === '' ? null : Number(status),
        type: type || null,
        code: code || null,
        message: message.replaceAll('\\n', '\n'),
      },
      source,
    };
  });

/** What a model server cannot report: our own clocks and our own refusal. */
const OURS = new Set(['timeout_total', 'rejected']);

describe('classifyUpstream', () => {
  it.for(rows)('$expected: $report.status $report.message ($source)', ({ expected, report }) => {
    expect(classifyUpstream(report)).toBe(expected);
  });

  it('is held to a string of a named source for every class that a server can report', () => {
    expect(rows.length).toBeGreaterThanOrEqual(80);
    expect(rows.filter(({ source }) => source === '')).toEqual([]);
    const covered = new Set(rows.map(({ expected }) => expected));
    expect(ERROR_CLASSES.filter((name) => !covered.has(name) && !OURS.has(name))).toEqual([]);
  });

  it('does not let the words of a user decide, wherever a validator quotes them', () => {
    const blaming = fc.constantFrom(400, 422);
    const quoted = fc.constantFrom(...rows.map(({ report }) => report.message.replaceAll('\n', ' ')));
    fc.assert(
      fc.property(blaming, quoted, (status, words) => {
        const message = `1 validation error: bad field [type=x, input_value='${words}', input_type=str]`;
        expect(classifyUpstream({ status, message, type: null, code: null })).toBe('bad_request');
      }),
    );
  });
});

describe('withoutEchoes', () => {
  it.for([
    ["x [type=a, input_value='secret', input_type=str]", 'x [type=a, input_value=…, input_type=str]'],
    [
      "[{'msg': 'm', 'input': 'one'}, {'type': 'b', 'input': 'two'}]",
      "[{'msg': 'm', 'input': …}, {'type': 'b', 'input': …",
    ],
    ["Invalid value: 'secret'. Supported values are: 'a'.", "Invalid value: '…'. Supported values are: 'a'."],
    ["error parsing tool call: raw='{secret', err=eof", 'error parsing tool call: raw=…, err=eof'],
    ['Failed to parse input at pos 3: secret\nsecret', 'Failed to parse input at pos 3: …'],
    ['CUDA out of memory', 'CUDA out of memory'],
  ])('%s', ([message = '', expected]) => {
    expect(withoutEchoes(message)).toBe(expected);
  });

  it('takes no longer than the text is long', () => {
    const hostile = "input_value='input': invalid value: '".repeat(2_000);
    const started = performance.now();
    withoutEchoes(hostile);
    expect(performance.now() - started).toBeLessThan(200);
  });
});
