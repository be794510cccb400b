import type { Command } from 'commander';
import type { Act } from './act.ts';
import type { DoctorFlags } from './doctor.ts';
import type { ErrorsFlags } from './errors.ts';
import type { ExplainFlags } from './explain.ts';
import type { ExportFlags } from './export.ts';
import { withAddress, withExamples, withGateway } from './help.ts';
import type { GatewayFlags } from './options.ts';
import type { Shell } from './shell.ts';

/** `status`, `explain`, `errors`, `export`, `doctor`, `validate`, `stats`: the commands that only look. */
export function declareReading(program: Command, act: Act, shell: Shell): void {
  const status = withGateway(program.command('status'))
    .description('is it up, what does it serve; exit code 1 when it is not ready')
    .action(act(async (flags: GatewayFlags) => (await import('./status.ts')).status(flags, shell)));
  withExamples(status, [['sluice status --url http://127.0.0.1:18790', 'of a gateway on another port']]);

  const explain = withGateway(program.command('explain <route> <user...>'))
    .description('which model does a user get, and why')
    .option('--session <id>', 'of one user: in this conversation under way')
    .action(
      act(async (route: string, users: string[], flags: ExplainFlags) =>
        (await import('./explain.ts')).explain(route, users, { flags, shell }),
      ),
    );
  withExamples(explain, [
    ['sluice explain support alice uid_123456', 'two users of route support'],
    ['sluice explain support alice --session chat-7', 'in a conversation that keeps its model'],
  ]);

  const errors = withRange(withGateway(program.command('errors')))
    .description('failed requests, newest first; of the last 24 hours unless told')
    .option('--class <class>', 'only this error class, such as timeout_idle')
    .option('--search <text>', 'only where the message has this text')
    .option('--limit <n>', 'so many at most, up to 500 (default 50)')
    .action(act(async (flags: ErrorsFlags) => (await import('./errors.ts')).errors(flags, shell)));
  withExamples(errors, [
    ['sluice errors --window 1h --model qwen3-32b-prod', 'of one model, in the last hour'],
    ['sluice errors --class out_of_memory --search "kv cache"', 'by class and by words'],
  ]);
  declareExport(program, act, shell);

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

  const stats = program
    .command('stats <file>')
    .description('calculate cases of statistics as reports do; one JSON line each')
    .action(act(async (file: string) => (await import('./stats.ts')).stats(file, shell)));
  withExamples(stats, [['sluice stats cases.json', 'hold the numbers against another package']]);
}

function declareExport(program: Command, act: Act, shell: Shell): void {
  const load = () => import('./export.ts');
  const all = program.command('export').description('the record of requests as CSV on standard output');
  const requests = withRange(withAddress(all.command('requests')))
    .description('one line a request, oldest first; all that are kept unless told')
    .option('--text', 'also what was said; needs the role analyst')
    .action(act(async (flags: ExportFlags) => (await load()).exportCsv('requests', flags, shell)));
  withRange(withAddress(all.command('sessions')))
    .description('one line a session, oldest first; all that are kept unless told')
    .action(act(async (flags: ExportFlags) => (await load()).exportCsv('sessions', flags, shell)));
  const everything = ['sluice export requests > requests.csv', 'everything'] as const;
  withExamples(all, [
    everything,
    ['sluice export sessions --window 7d > week.csv', "a week's conversations"],
  ]);
  withExamples(requests, [
    everything,
    ['sluice export requests --from 2025-06-01 --to 2025-07-01 --model qwen3-32b-prod > june.csv', 'a month'],
  ]);
}

/** Adds the flags that choose requests by time and model. */
function withRange(command: Command): Command {
  return command
    .option('--from <time>', 'from this time on, such as 2025-06-01 or 2025-06-01T08:00:00Z')
    .option('--to <time>', 'before this time (default: now)')
    .option('--window <duration>', 'instead: the time until now, such as 5m or 7d')
    .option('--model <id>', 'only what this model answered, or failed to');
}
