import { randomInt } from 'node:crypto';
import {
  closeSync,
  fdatasyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { fileBeside } from '../system/file-beside.ts';
import type { ErasedFrames, EraseOptions } from './erase-segments.ts';
import { syncFolder } from './segment-files.ts';

const INTENT = 'erasing.json';
const WORKER_FILE = fileBeside(import.meta.url, 'erase-worker');
/** Letters behind `erased-`: short enough to fit where an id of one letter stood, and two billion of them. */
const PSEUDONYM_LETTERS = 6;

/** An erasure that was begun: with the disk before anything is changed, until all is done. */
export interface Intent {
  readonly userId: string;
  readonly pseudonym: string;
  /** Some of it may be done already. */
  readonly isResumed: boolean;
}

export interface Erasure {
  /** One that an earlier process, or a failing disk, left unfinished. */
  unfinished(): Intent | null;
  begin(userId: string): Intent;
  /** Takes the user out of all finished segments, in a thread of its own. Rejects where the disk fails. */
  carryOut(intent: Intent, upTo: EraseOptions['upTo']): Promise<ErasedFrames>;
  /** Nothing of the user is left: the intent, which still names the user, goes too. */
  finish(): void;
  /** Cuts off the one under way. */
  close(): void;
}

/** Erasures in the journal's folder, one at a time. */
export function openErasure(folder: string): Erasure {
  const path = join(folder, INTENT);
  let worker: Worker | null = null;
  return {
    unfinished() {
      try {
        const { userId, pseudonym } = JSON.parse(readFileSync(path, 'utf8')) as Intent;
        return { userId, pseudonym, isResumed: true };
      } catch {
        return null;
      }
    },
    begin(userId) {
      const pseudonym = `erased-${letters()}`;
      writeWhole(path, JSON.stringify({ userId, pseudonym }));
      syncFolder(folder);
      return { userId, pseudonym, isResumed: false };
    },
    async carryOut({ userId, pseudonym }, upTo) {
      for (const name of readdirSync(folder)) if (name.endsWith('.erasing')) rmSync(join(folder, name));
      const workerData: EraseOptions = { folder, userId, pseudonym, upTo };
      const { promise, resolve, reject } = Promise.withResolvers<ErasedFrames>();
      worker = new Worker(WORKER_FILE, { workerData });
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the erasure was cut off; the next start ends it')));
      return promise;
    },
    finish() {
      rmSync(path, { force: true });
      syncFolder(folder);
    },
    close: () => void worker?.terminate(),
  };
}

function letters(): string {
  return randomInt(36 ** PSEUDONYM_LETTERS)
    .toString(36)
    .padStart(PSEUDONYM_LETTERS, '0');
}

function writeWhole(path: string, text: string): void {
  const next = `${path}.new`;
  const fd = openSync(next, 'w', 0o600);
  try {
    writeSync(fd, text);
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(next, path);
}
