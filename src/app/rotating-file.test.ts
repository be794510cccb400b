import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRotatingFile } from './rotating-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-log-'));
  path = join(folder, 'x.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const texts = () => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);

describe('openRotatingFile', () => {
  it('keeps the newest lines in bounded files, each line whole', () => {
    const file = openRotatingFile({ path, maxBytes: 10, keep: 2 });
    for (const line of ['one\n', 'two\n', 'three\n', 'four\n', 'five\n', 'six\n', 'seven\n'])
      file.write(line);
    file.close();
    expect(texts()).toEqual([
      ['x.log', 'six\nseven\n'],
      ['x.log.1', 'four\nfive\n'],
      ['x.log.2', 'three\n'],
    ]);
  });

  it('goes on where an earlier run stopped, and counts what that wrote', () => {
    writeFileSync(path, '12345678\n');
    const file = openRotatingFile({ path, maxBytes: 10, keep: 1 });
    file.write('new\n');
    file.close();
    expect(texts()).toEqual([
      ['x.log', 'new\n'],
      ['x.log.1', '12345678\n'],
    ]);
  });

  it('stays bounded where the old file cannot be moved away', () => {
    mkdirSync(join(`${path}.1`, 'full'), { recursive: true });
    const file = openRotatingFile({ path, maxBytes: 10, keep: 1 });
    for (let n = 0; n < 9; n += 1) file.write(`line ${n}\n`);
    file.close();
    expect(readFileSync(path, 'utf8')).toBe('line 8\n');
  });

  it('takes a line that is longer than a file', () => {
    const file = openRotatingFile({ path, maxBytes: 10, keep: 1 });
    file.write(`${'x'.repeat(50)}\n`);
    file.write('short\n');
    file.close();
    expect(readFileSync(path, 'utf8')).toBe('short\n');
  });

  it('is for its owner alone', () => {
    openRotatingFile({ path, maxBytes: 10, keep: 1 }).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('loses lines without a word where nothing can be written', () => {
    const file = openRotatingFile({ path: '/dev/full', maxBytes: 10, keep: 0 });
    expect(() => file.write('lost\n')).not.toThrow();
    file.close();
  });
});
