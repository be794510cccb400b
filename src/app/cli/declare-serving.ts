import { type Command, Option } from 'commander';
import type { Act } from './act.ts';
import { CliError } from './cli-error.ts';
import type { DemoFlags } from './demo.ts';
import { collect, withExamples } from './help.ts';
import { portOf, type ServerFlags } from './options.ts';
import type { Shell } from './shell.ts';
import type { SimFlags } from './sim.ts';

const port = (text: string): number => portOf(text, '--port');

function positive(flag: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
    throw new CliError(`${flag} is "${text}"; it must be a number above 0`, 2);
  };
}

function seed(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new CliError(`--seed is "${text}"; it must be a whole number`, 2);
}

/** `start`, `demo`, `sim`: the commands that serve until they are told to stop. Their code is loaded when called. */
export function declareServing(program: Command, act: Act, shell: Shell): void {
  const start = program
    .command('start')
    .description('start the gateway')
    .option('--host <host>', 'address to listen on (SLUICE_HOST; default 127.0.0.1)')
    .option('--port <port>', 'port to listen on (SLUICE_PORT; default 18789)', port)
    .option('--data <folder>', 'data folder (SLUICE_DATA; default ./data)')
    .option('--config <file>', 'declarative configuration, applied at start (SLUICE_CONFIG)')
    .option(
      '--allowed-hosts <names>',
      'names by which callers may address the gateway (SLUICE_ALLOWED_HOSTS)',
    )
    .option(
      '--log-level <level>',
      'trace, debug, info, warn, error or silent (SLUICE_LOG_LEVEL; default info)',
    )
    .action(act(async (flags: ServerFlags) => (await import('./start.ts')).start(flags, shell)));
  withExamples(start, [
    ['sluice start', 'on http://127.0.0.1:18789, everything kept in ./data'],
    ['sluice start --port 18790 --data /var/lib/sluice', 'another port, another data folder'],
    ['sluice start --host 0.0.0.0 --allowed-hosts chat.example.com', 'reachable from other machines'],
  ]);

  const demo = program
    .command('demo')
    .description('a playground: gateway, two simulated models and simulated users; nothing else is needed')
    .option('--port <port>', 'port of the gateway (default 18789)', port)
    .option('--speed <n>', 'N times faster than real time (default 1)', positive('--speed'))
    .option('--bad', 'release a candidate that fails; it is aborted')
    .addOption(
      new Option(
        '--ill',
        'no release: a model that fails for a minute is cut off by its breaker, and comes back',
      ).conflicts('bad'),
    )
    .option('--duration <seconds>', 'stop by itself after this time', positive('--duration'))
    .action(act(async (flags: DemoFlags) => (await import('./demo.ts')).demo(flags, shell)));
  withExamples(demo, [
    ['sluice demo', 'watch a release from 5 % to everyone, in about three minutes'],
    ['sluice demo --bad --speed 3', 'one that is aborted, three times as fast'],
    ['sluice demo --speed 10 --duration 20', 'ten times as fast, for twenty seconds'],
  ]);

  const sim = program
    .command('sim')
    .description('a simulated model server that speaks Ollama and OpenAI')
    .option('--port <port>', 'port to listen on (default 11434)', port)
    .option('--model <name>', 'model to serve; may be repeated (default qwen2:7b and qwen3:32b)', collect)
    .option('--protocol <protocol>', 'ollama, openai or both (default both)')
    .option('--seed <n>', 'same seed, same answers (default 1)', seed)
    .option('--faults <file>', 'JSON file of faults to inject')
    .action(act(async (flags: SimFlags) => (await import('./sim.ts')).sim(flags, shell)));
  withExamples(sim, [
    ['sluice sim', 'where Ollama would be, with qwen2:7b and qwen3:32b'],
    ['sluice sim --port 11500 --model llama3:8b --faults faults.json', 'one model that fails as told'],
  ]);
}
