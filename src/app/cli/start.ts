import { join, relative, resolve } from 'node:path';
import { shellWord } from '../doctor/shell-word.ts';
import { isLoopbackAddress } from '../listen-fault.ts';
import type { RunningServer, ServerOptions } from '../server.ts';
import { findOllama } from './find-ollama.ts';
import { DEFAULT_DATA, DEFAULT_URL, type ServerFlags, serverOptions } from './options.ts';
import type { Shell } from './shell.ts';
import { untilSignal } from './signals.ts';
import { printable } from './table.ts';

/** Where a model server is looked for when none is registered, and how long `start` waits for it. */
const OLLAMA_URL = 'http://127.0.0.1:11434';
const LOOK_LIMIT_MS = 500;
/** Printed suggestions; a machine with fifty pulled models would push the rest off the screen. */
const MAX_SUGGESTIONS = 4;

/** Starts the gateway, tells how to use it, and stays until it has been told to stop and has drained. */
export async function start(flags: ServerFlags, shell: Shell): Promise<number> {
  const options = serverOptions(flags, shell.environment);
  // Loaded here and not above: a wrong flag is answered before the server's packages are read.
  const { startServer } = await import('../server.ts');
  const signal = untilSignal();
  const server = await startServer(options);
  shell.out(welcome(server, options, shell.command));
  if (!isLoopbackAddress(options.host)) shell.out(`\n${openBindNotice(options)}`);
  if (server.modelCount === 0) {
    const found = await findOllama(OLLAMA_URL, LOOK_LIMIT_MS);
    shell.out(`\n${firstSteps(found, contextOf(server, options), shell.command)}`);
  }
  await signal.arrived;
  shell.err('sluice: finishing open streams, a second signal ends at once');
  await server.drain();
  signal.stop();
  return 0;
}

/** Where it listens, how to call it, where the key is. */
export function welcome(server: RunningServer, options: ServerOptions, command: string): string {
  const keyFile = shellWord(nearPath(join(options.dataDir, 'admin.key')));
  const keyInCurl = options.adminKey === null ? `$(cat ${keyFile})` : '$SLUICE_ADMIN_KEY';
  const key = keyLine(server, options, keyFile);
  const ask = [
    `  Ask       curl ${server.url}/v1/chat -H "Authorization: Bearer ${keyInCurl}" \\`,
    `              -d '{"user_id":"alice","messages":[{"role":"user","content":"Hello"}]}'`,
  ];
  return [
    `Sluice listens on ${server.url}`,
    '',
    ...(server.modelCount > 0 && server.hasDefaultRoute ? ask : [`  Next      ${nextStep(server, command)}`]),
    `  Clients   OpenAI base URL ${server.url}/v1, Ollama host ${server.url}`,
    `  Admin     ${key}`,
    `  API       ${server.url}/docs`,
    `  Look      ${command} status`,
    '',
    'Ctrl-C stops it; open streams may finish first.',
  ].join('\n');
}

/** What is missing before anybody can be answered. */
function nextStep(server: RunningServer, command: string): string {
  if (server.modelCount === 0) return 'register a model and make a route; the lines below say how';
  return `make a route: ${command} routes add support --default --rule MODEL=100 (\`${command} models\` lists them)`;
}

function keyLine(server: RunningServer, options: ServerOptions, keyFile: string): string {
  if (server.madeAdminKey && server.adminKeyText !== null) {
    return `key made just now, shown this once: ${server.adminKeyText} (kept in ${keyFile})`;
  }
  return options.adminKey === null ? `key in ${keyFile}` : 'key as given in SLUICE_ADMIN_KEY';
}

/** What a bind beyond this machine asks of the operator. */
export function openBindNotice(options: ServerOptions): string {
  const hosts =
    options.allowedHosts.length > 0
      ? `Callers may address it as ${options.allowedHosts.join(', ')} (and by loopback names); any other Host is refused with 421.`
      : 'No outside name is allowed yet: every call from another machine gets 421. Set --allowed-hosts NAME[,NAME] (SLUICE_ALLOWED_HOSTS) to the names or addresses callers use.';
  return [
    `Listening on ${options.host}: other machines can reach this port.`,
    `  ${hosts}`,
    '  Keys travel in clear text over http: put TLS in front, deploy/nginx shows how. Every caller needs a key.',
  ].join('\n');
}

/**
 * The next thing to type when no model is registered, for a person to copy. `found` is null where no Ollama
 * answers; `context` are the `export` lines that point later commands at this gateway.
 */
export function firstSteps(
  found: readonly string[] | null,
  context: readonly string[],
  command: string,
): string {
  const add = (id: string, model: string): string =>
    `  ${command} models add ${id} --url ${OLLAMA_URL} --model ${shellWord(model)}`;
  const exports = context.map((line) => `  ${line}`);
  if (found === null) {
    return [
      `No model is registered, and no Ollama answers on ${OLLAMA_URL}. Start a simulated one in another terminal:`,
      `  ${command} sim`,
      'then register its model and send users to it:',
      ...exports,
      add('qwen2-7b-stable', 'qwen2:7b'),
      `  ${command} routes add support --default --rule qwen2-7b-stable=100`,
    ].join('\n');
  }
  if (found.length === 0) {
    return [
      `No model is registered. Ollama runs on ${OLLAMA_URL} but has no model; pull one, then register it:`,
      '  ollama pull qwen2:7b',
      ...exports,
      add('qwen2-7b-stable', 'qwen2:7b'),
    ].join('\n');
  }
  const ids = found
    .slice(0, MAX_SUGGESTIONS)
    .map((name, i) => `${idFor(name)}-${i === 0 ? 'stable' : 'candidate'}`);
  const rules = ids.length > 1 ? `--rule ${ids[0]}=80 --rule ${ids[1]}=20` : `--rule ${ids[0]}=100`;
  return [
    `No model is registered. Ollama on ${OLLAMA_URL} has ${printable(found.join(', '))}; register what you want to serve:`,
    ...exports,
    ...ids.map((id, i) => add(id, found[i] ?? '')),
    'then send users to it:',
    `  ${command} routes add support --default ${rules}`,
  ].join('\n');
}

/** Lines that point later commands at a gateway that is not where they would look by themselves. */
function contextOf(server: RunningServer, options: ServerOptions): string[] {
  return [
    ...(server.url === DEFAULT_URL ? [] : [`export SLUICE_URL=${server.url}`]),
    ...(options.dataDir === resolve(DEFAULT_DATA)
      ? []
      : [`export SLUICE_DATA=${shellWord(options.dataDir)}`]),
  ];
}

/** `qwen2:7b` → `qwen2-7b`; a model id is lower-case letters, digits and single signs between them. */
function idFor(name: string): string {
  return (
    name
      .replace(/:latest$/, '')
      .toLowerCase()
      .replace(/[^a-z0-9._]+/g, '-')
      .replace(/^[-._]+|[-._]+$/g, '') || 'model'
  );
}

/** Relative where that is below this folder, whole elsewhere. */
function nearPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
}
