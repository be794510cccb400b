import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.ts';
import type { Act } from './act.ts';
import { declareChanging } from './declare-changing.ts';
import { declareExperiments } from './declare-experiments.ts';
import { declareReading } from './declare-reading.ts';
import { declareRecord } from './declare-record.ts';
import { declareRollouts } from './declare-rollouts.ts';
import { declareServing } from './declare-serving.ts';
import type { Shell } from './shell.ts';

const FOOTER = `
Settings come from the flag, else the environment (SLUICE_HOST, SLUICE_PORT, SLUICE_DATA, SLUICE_CONFIG,
SLUICE_ALLOWED_HOSTS, SLUICE_LOG_LEVEL, SLUICE_URL, SLUICE_ADMIN_KEY, SLUICE_SECRET_KEY), else the default.
Exit codes: 0 fine, 1 failed, 2 wrong usage.`;

/** Runs one command line (without node and script) and gives the exit code: 0 fine, 1 failed, 2 wrong usage. */
export async function run(args: readonly string[], shell: Shell): Promise<number> {
  let exitCode = 0;
  const act: Act =
    (action) =>
    async (...given) => {
      exitCode = await action(...given);
    };
  const program = createProgram(shell, act);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, shell);
  }
}

function createProgram(shell: Shell, act: Act): Command {
  const program = new Command('sluice')
    .description('Self-hosted release gateway for chat models: several models behind one address.')
    .version(VERSION, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help of a command')
    .addHelpText('after', FOOTER)
    .showHelpAfterError('Run it with --help for examples.')
    .configureOutput({
      writeOut: (text) => shell.out(text.trimEnd()),
      writeErr: (text) => shell.err(text.trimEnd().replace(/^error: /, 'sluice: ')),
    })
    .exitOverride();
  declareServing(program, act, shell);
  declareReading(program, act, shell);
  declareChanging(program, act, shell);
  declareRollouts(program, act, shell);
  declareExperiments(program, act, shell);
  declareRecord(program, act, shell);
  return program;
}

function exitCodeOf(error: unknown, shell: Shell): number {
  // Commander has printed its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number') {
    shell.err(`sluice: ${error.message}`);
    return error.exitCode;
  }
  shell.err(`sluice: unexpected failure, please report it: ${error instanceof Error ? error.stack : error}`);
  return 1;
}
