import type { Command } from 'commander';
import type { Act } from './act.ts';
import { withExamples, withGateway } from './help.ts';
import type { RebuildFlags } from './rebuild-index.ts';
import type { Shell } from './shell.ts';

/** `index rebuild`: the command that looks after the record of requests. */
export function declareRecord(program: Command, act: Act, shell: Shell): void {
  const index = program.command('index').description('the index of the journal: rebuild');
  const rebuild = withGateway(index.command('rebuild'))
    .description('delete the index and make it again from the journal, with or without a running gateway')
    .option('--data <folder>', 'of a gateway that does not run (SLUICE_DATA; default ./data)')
    .action(
      act(async (flags: RebuildFlags) => (await import('./rebuild-index.ts')).rebuildIndex(flags, shell)),
    );
  const examples = [
    ['sluice index rebuild', 'of the gateway that runs here, else of ./data'],
    ['sluice index rebuild --data /var/lib/sluice', 'of a gateway that is stopped'],
  ] as const;
  withExamples(index, examples);
  withExamples(rebuild, examples);
}
