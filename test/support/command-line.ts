import { readEnvironment } from '../../src/app/cli/options.ts';
import { run } from '../../src/app/cli/program.ts';

export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line in this process, with nothing but these variables, and tells what it printed. */
export type CommandLine = (...args: string[]) => Promise<Printed>;

/** The `sluice` of an operator whose environment holds just these variables. */
export function commandLine(variables: Readonly<Record<string, string>>): CommandLine {
  return async (...args) => {
    const lines = { out: [] as string[], err: [] as string[] };
    const code = await run(args, {
      environment: readEnvironment(variables),
      command: 'sluice',
      isTty: false,
      out: (text) => void lines.out.push(text),
      write: async (bytes) => void lines.out.push(Buffer.from(bytes).toString()),
      err: (text) => void lines.err.push(text),
    });
    return { code, out: lines.out.join('\n'), err: lines.err.join('\n') };
  };
}
