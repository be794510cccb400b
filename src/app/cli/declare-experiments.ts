import type { Command } from 'commander';
import type { Act } from './act.ts';
import type { ReportFlags } from './experiments.ts';
import { withExamples, withGateway } from './help.ts';
import type { GatewayFlags } from './options.ts';
import type { Shell } from './shell.ts';

/** `experiment`: compare models on randomly chosen users. */
export function declareExperiments(program: Command, act: Act, shell: Shell): void {
  const load = () => import('./experiments.ts');
  const experiments = program
    .command('experiment')
    .alias('experiments')
    .description('experiments: list, add, plan, start, stop, archive, report');
  withGateway(experiments.command('list', { isDefault: true }))
    .description('list the experiments')
    .action(act(async (flags: GatewayFlags) => (await load()).listExperiments(flags, shell)));
  withGateway(experiments.command('add <file>'))
    .description('write the experiment of a JSON file; - reads standard input')
    .action(
      act(async (file: string, flags: GatewayFlags) => (await load()).addExperiment(file, flags, shell)),
    );
  withGateway(experiments.command('plan <experiment-or-file>'))
    .description('users and days that it needs at the present traffic, and what its time can show')
    .action(
      act(async (what: string, flags: GatewayFlags) => (await load()).planExperiment(what, flags, shell)),
    );
  withGateway(experiments.command('start <experiment>'))
    .description('put users into the arms; warns of what the planned time cannot show')
    .action(
      act(async (id: string, flags: GatewayFlags) => (await load()).startExperiment(id, { flags, shell })),
    );
  for (const verb of ['stop', 'archive'] as const) {
    withGateway(experiments.command(`${verb} <experiment>`))
      .description(
        verb === 'stop' ? "let the route's rules decide for everyone again" : 'put away what is over',
      )
      .action(
        act(async (id: string, flags: GatewayFlags) =>
          (await load()).endExperiment(id, verb, { flags, shell }),
        ),
      );
  }
  withGateway(experiments.command('report <experiment>'))
    .description('what it says now; looking often is safe')
    .option('--format <format>', 'a file for a colleague on standard output: md, html or csv')
    .option('--language <language>', 'en or zh-CN (default en)')
    .action(
      act(async (id: string, flags: ReportFlags) => (await load()).reportExperiment(id, { flags, shell })),
    );
  withExamples(experiments, [
    ['sluice experiment plan qwen3-vs-qwen2.json', 'is 72 h enough?'],
    ['sluice experiment add qwen3-vs-qwen2.json', 'write it'],
    ['sluice experiment start qwen3-vs-qwen2', 'begin'],
    ['sluice experiment report qwen3-vs-qwen2', 'read it, as often as you like'],
    ['sluice experiment report qwen3-vs-qwen2 --format html > report.html', 'for a colleague'],
  ]);
}
