import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

export interface RotatingFileOptions {
  readonly path: string;
  /** A line that would make the file longer begins a new one. In bytes. */
  readonly maxBytes: number;
  /** Older files that stay: `path.1` (the newest) to `path.N`; what falls off the end is gone. */
  readonly keep: number;
}

export interface RotatingFile {
  /** Appends a line, its line end included. Never throws: a log that cannot be written must not stop who writes it. */
  write(line: string): void;
  close(): void;
}

interface OpenFile {
  readonly fd: number;
  size: number;
}

/**
 * A text file of bounded size with a bounded number of predecessors, for the logs. Lines are few and go to the
 * operating system at once: the last one before a crash is the one that is looked for.
 * Throws when the file cannot be opened now.
 */
export function openRotatingFile({ path, maxBytes, keep }: RotatingFileOptions): RotatingFile {
  let file: OpenFile | null = open(path, 'a');

  const rotate = (): void => {
    if (file) closeSync(file.fd);
    file = null;
    for (let n = keep - 1; n > 0; n -= 1) isMoved(`${path}.${n}`, `${path}.${n + 1}`);
    // What cannot be moved away is overwritten: a full disk is worse than a lost log.
    file = open(path, keep > 0 && isMoved(path, `${path}.1`) ? 'a' : 'w');
  };

  return {
    write(line) {
      try {
        const bytes = Buffer.from(line);
        file ??= open(path, 'a');
        if (file.size > 0 && file.size + bytes.length > maxBytes) rotate();
        file.size += writeSync(file.fd, bytes);
      } catch {
        // the disk is full, or the folder gone: this line is lost, the next one tries again
      }
    },
    close() {
      if (file) closeSync(file.fd);
      file = null;
    },
  };
}

function open(path: string, flag: 'a' | 'w'): OpenFile {
  const fd = openSync(path, flag, 0o600);
  return { fd, size: fstatSync(fd).size };
}

function isMoved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}
