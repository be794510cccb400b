import { readFileSync } from 'node:fs';
import { type FaultRule, parseFaultFile } from '../../../sim/fault-rules.ts';
import { type SimServer, startModelServer } from '../../../sim/model-server.ts';
import { CliError } from './cli-error.ts';
import type { Shell } from './shell.ts';
import { untilSignal } from './signals.ts';

export interface SimFlags {
  readonly port?: number;
  readonly model?: readonly string[];
  readonly seed?: number;
  readonly faults?: string;
  readonly protocol?: string;
}

type SimProtocol = 'ollama' | 'openai' | 'both';
const PROTOCOLS: readonly SimProtocol[] = ['ollama', 'openai', 'both'];
const DEFAULT_PORT = 11434;
const DEFAULT_MODELS = ['qwen2:7b', 'qwen3:32b'];

/** Serves simulated models until Ctrl-C. */
export async function sim(flags: SimFlags, shell: Shell): Promise<number> {
  const names = flags.model ?? DEFAULT_MODELS;
  const protocol = PROTOCOLS.find((name) => name === (flags.protocol ?? 'both'));
  if (!protocol) throw new CliError(`--protocol is "${flags.protocol}"; one of ${PROTOCOLS.join(', ')}`, 2);
  const port = flags.port ?? DEFAULT_PORT;
  const faults = flags.faults === undefined ? [] : readFaults(flags.faults, names);
  const server = await listen(port, () =>
    startModelServer({
      port,
      protocol,
      models: names.map((name) => ({ name })),
      faults,
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    }),
  );
  shell.out(usage(server, names, { protocol, command: shell.command }));
  const signal = untilSignal();
  await signal.arrived;
  await server.close();
  signal.stop();
  return 0;
}

function readFaults(file: string, names: readonly string[]): FaultRule[] {
  try {
    return parseFaultFile(readFileSync(file, 'utf8'), file, names);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new CliError(message.startsWith(file) ? message : `${file} cannot be read (${message})`);
  }
}

async function listen(port: number, start: () => Promise<SimServer>): Promise<SimServer> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    const who = port === DEFAULT_PORT ? ' (a real Ollama listens there by default)' : '';
    throw new CliError(`port ${port} is taken${who}; choose another one: --port ${port + 1}`);
  }
}

function usage(
  server: SimServer,
  names: readonly string[],
  more: { readonly protocol: SimProtocol; readonly command: string },
): string {
  const { url } = server;
  const [name = ''] = names;
  const ollama = more.protocol !== 'openai';
  const address = ollama ? url : `${url}/v1`;
  const ask = ollama ? `${url}/api/chat` : `${url}/v1/chat/completions`;
  const protocol = ollama ? '' : ' --protocol openai';
  return [
    `Simulated model server on ${url}, with ${names.join(', ')}`,
    '',
    `  Ask it directly   curl ${ask} -d '{"model":"${name}","messages":[{"role":"user","content":"Hello"}]}'`,
    `  Put it behind     ${more.command} models add my-model --url ${address} --model ${name}${protocol}`,
    `  Make it fail      curl ${url}/sim/faults -d '{"faults":[{"fault":"status_500","model":"${name}","rate":0.5}]}'`,
    `  Mend it           curl -X DELETE ${url}/sim/faults`,
    `  See its requests  curl ${url}/sim/requests`,
    '',
    'Ctrl-C stops it.',
  ].join('\n');
}
