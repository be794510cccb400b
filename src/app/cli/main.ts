import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readEnvironment } from './options.ts';
import type { Shell } from './shell.ts';

/** In a clone the command is not installed anywhere; a printed `sluice …` could not be copied. */
function commandHere(): string {
  const inClone = existsSync(join(process.cwd(), 'bin', 'sluice'));
  const own = fileURLToPath(import.meta.url).startsWith(process.cwd());
  const onPath = (process.env.PATH ?? '').split(delimiter).includes(dirname(process.argv[1] ?? ''));
  if (!inClone || !own || onPath) return 'sluice';
  return process.platform === 'win32' ? 'node bin/sluice' : 'bin/sluice';
}

// Compiled and type-stripped code is kept beside the packages: it saves a third of the time until `start` is ready.
// A read-only tree goes without. Not the system's temporary folder, where others could put code for us.
enableCompileCache(join(import.meta.dirname, '../../../node_modules/.cache/sluice'));

const shell: Shell = {
  environment: readEnvironment(process.env),
  command: commandHere(),
  isTty: process.stdout.isTTY === true,
  out: (text) => void process.stdout.write(`${text}\n`),
  write: async (bytes) => {
    if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
  },
  err: (text) => void process.stderr.write(`${text}\n`),
};
// `sluice models | head -1` closes our output early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
const { run } = await import('./program.ts');
process.exitCode = await run(process.argv.slice(2), shell);
