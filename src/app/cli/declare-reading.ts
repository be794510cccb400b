import type { Command } from 'commander';
import type { Act } from './act.ts';
import type { DoctorFlags } from './doctor.ts';
import { withExamples, withGateway } from './help.ts';
import type { GatewayFlags } from './options.ts';
import type { Shell } from './shell.ts';

/** `status`, `explain`, `doctor`, `validate`: the commands that only look. */
export function declareReading(program: Command, act: Act, shell: Shell): void {
  const status = withGateway(program.command('status'))
    .description('is it up, what does it serve; exit code 1 when it is not ready')
    .action(act(async (flags: GatewayFlags) => (await import('./status.ts')).status(flags, shell)));
  withExamples(status, [['sluice status --url http://127.0.0.1:18790', 'of a gateway on another port']]);

  const explain = withGateway(program.command('explain <route> <user...>'))
    .description('which model does a user get, and why')
    .action(
      act(async (route: string, users: string[], flags: GatewayFlags) =>
        (await import('./explain.ts')).explain(route, users, { flags, shell }),
      ),
    );
  withExamples(explain, [['sluice explain support alice uid_123456', 'two users of route support']]);

  const doctor = withGateway(program.command('doctor'))
    .description('find why a model server is slow or dead, and say what mends it; exit code 1 when broken')
    .option('--upstream <url>', 'examine this model server directly, without a gateway')
    .option(
      '--model <name>',
      'with --upstream: the model to ask (default: one that is loaded, else the first)',
    )
    .option('--protocol <protocol>', 'with --upstream: ollama or openai (default: by the address)')
    .option('--ollama-log <file>', 'look for known lines in the log of Ollama')
    .action(act(async (flags: DoctorFlags) => (await import('./doctor.ts')).doctor(flags, shell)));
  withExamples(doctor, [
    ['sluice doctor', 'every registered model'],
    ['sluice doctor --upstream http://127.0.0.1:8080 --model qwen3:32b', 'a server behind nginx'],
    [
      'journalctl -u ollama --since today > /tmp/ollama.log && sluice doctor --ollama-log /tmp/ollama.log',
      "with Ollama's log",
    ],
  ]);

  const validate = program
    .command('validate <file>')
    .description('check a declarative configuration without a gateway; every fault with its path and line')
    .option('--json', 'print JSON')
    .action(
      act(async (file: string, flags: { json?: boolean }) =>
        (await import('./validate.ts')).validateFile(file, flags, shell),
      ),
    );
  withExamples(validate, [
    ['sluice validate sluice.json && sluice start --config sluice.json', 'check, then start'],
  ]);
}
