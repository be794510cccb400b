import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Finished {
  /** Null when it was ended by a signal. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CommandOptions {
  readonly cwd: string;
  /** The whole environment: nothing of the test's own leaks in. */
  readonly env: Readonly<Record<string, string>>;
  readonly limitMs?: number;
}

/** Runs a command to its end. It is killed at its limit (60 s unless told). */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<Finished> {
  const { cwd, env, limitMs = 60_000 } = options;
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  const [out, err] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, err };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) text += chunk;
  return text;
}

/** Far above the 1.5 s of the promise: a machine that is busy must not fail a test about something else. */
const START_LIMIT_MS = 20_000;
const LISTENS = /listens on (http:\S+)/;

/** The address that `sluice start` prints; rejects with all that it printed when it ends before. */
export async function listeningUrl(child: ChildProcess): Promise<string> {
  const printed: string[] = [];
  const limit = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
  try {
    return await new Promise<string>((resolve, reject) => {
      child.once('exit', (code, signal) => {
        reject(
          new Error(`sluice start ended (${code ?? signal}) before it listened:\n${printed.join('\n')}`),
        );
      });
      for (const stream of [child.stdout, child.stderr]) {
        if (!stream) continue;
        createInterface({ input: stream }).on('line', (line) => {
          if (printed.length < 100) printed.push(line);
          const url = LISTENS.exec(line)?.[1];
          if (url !== undefined) resolve(url);
        });
      }
    });
  } finally {
    clearTimeout(limit);
  }
}
