import type { Command } from 'commander';
import type { CommandName } from '../../domain/rollout/input.ts';
import type { Act } from './act.ts';
import { CliError } from './cli-error.ts';
import { withExamples, withGateway } from './help.ts';
import type { GatewayFlags } from './options.ts';
import type { CommandFlags, CreateRolloutFlags, StatusFlags } from './rollouts.ts';
import type { Shell } from './shell.ts';

const COMMANDS: Readonly<Record<CommandName, string>> = {
  start: 'start a draft with its first stage',
  pause: 'stay at the present share',
  resume: 'lift a pause; after a failed gate the stage begins anew',
  approve: 'approve a stage in which all else has passed',
  promote: 'go on to the next stage without waiting',
  'promote-full': 'give the candidate everyone, and end the rollout',
  'step-back': 'go back to the stage before',
  abort: 'take every user back to the stable model, at once',
  retry: 'start an aborted rollout again, with the same users',
  cancel: 'give a draft up',
};
const FORCIBLE: readonly CommandName[] = ['promote', 'promote-full'];

/** `rollout`: releases that carry themselves out. */
export function declareRollouts(program: Command, act: Act, shell: Shell): void {
  const load = () => import('./rollouts.ts');
  const rollout = program
    .command('rollout')
    .description('releases that grow by themselves: create, start, status, abort and more');
  withGateway(rollout.command('list', { isDefault: true }))
    .description('list the rollouts')
    .action(act(async (flags: GatewayFlags) => (await load()).listRollouts(flags, shell)));
  withGateway(rollout.command('create <id>'))
    .description('describe a release; nothing changes before it is started')
    .requiredOption('--route <route>', 'the route whose users get the candidate')
    .requiredOption('--candidate <model>', 'the model to release')
    .option('--plan <file>', 'JSON with stages; - reads standard input (default: the standard stages)')
    .action(
      act(async (id: string, flags: CreateRolloutFlags) => (await load()).createRollout(id, flags, shell)),
    );
  withGateway(rollout.command('status <id>'))
    .description('where it stands and why it is not going on; of a draft, how long it will take')
    .option('--watch', 'again and again until it has ended; exit code 1 when it was aborted')
    .action(act(async (id: string, flags: StatusFlags) => (await load()).showRollout(id, flags, shell)));
  for (const [name, description] of Object.entries(COMMANDS) as [CommandName, string][]) {
    const command = withGateway(rollout.command(`${name} <id>`))
      .description(description)
      .option('--reason <text>', 'why, for the record');
    if (FORCIBLE.includes(name)) command.option('--force', 'pass a failed gate by; needs an admin key');
    if (name === 'retry') command.option('--stage <n>', 'the stage to begin at (default: the first)', stage);
    command.action(
      act(async (id: string, flags: CommandFlags) => {
        const from = name === 'retry' ? { stage: 1, ...flags } : flags;
        return (await load()).commandRollout(id, name, { flags: from, shell });
      }),
    );
  }
  withExamples(rollout, [
    ['sluice rollout create june --route support --candidate qwen3-32b-prod', 'with the standard stages'],
    ['sluice rollout status june', 'before the start: how long each stage will take'],
    ['sluice rollout start june', 'from here on it goes by itself'],
    ['sluice rollout status june --watch', 'look on'],
    ['sluice rollout abort june --reason "answers in the wrong language"', 'everyone back to stable'],
  ]);
}

function stage(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new CliError(`--stage is "${text}"; stages are counted from 1`, 2);
}
