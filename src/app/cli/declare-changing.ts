import type { Command } from 'commander';
import type { Act } from './act.ts';
import { collect, withExamples, withGateway } from './help.ts';
import type { CreateKeyFlags } from './keys.ts';
import type { ModelFlags } from './models.ts';
import type { GatewayFlags } from './options.ts';
import type { RollbackFlags } from './rollback.ts';
import type { AddRouteFlags, SetRouteFlags } from './routes.ts';
import type { Shell } from './shell.ts';

/** `models`, `routes`, `rollback`, `keys`: the commands that show and change the configuration of a gateway. */
export function declareChanging(program: Command, act: Act, shell: Shell): void {
  declareModels(program, act, shell);
  declareBreakers(program, act, shell);
  declareRoutes(program, act, shell);
  declareKeys(program, act, shell);
  const rollback = withGateway(program.command('rollback <route>'))
    .description('put a route back to what it was')
    .option('--to <version>', 'configuration version to take it from (default: before its last change)')
    .action(
      act(async (route: string, flags: RollbackFlags) =>
        (await import('./rollback.ts')).rollback(route, flags, shell),
      ),
    );
  withExamples(rollback, [
    ['sluice rollback support', 'undo the last change of the route'],
    ['sluice rollback support --to 7', 'the route as it was in version 7'],
  ]);
}

function declareModels(program: Command, act: Act, shell: Shell): void {
  const load = () => import('./models.ts');
  const models = program
    .command('models')
    .description('registered models: list, add, set, rm, check, disable, enable');
  withGateway(models.command('list', { isDefault: true }))
    .description('list the registered models')
    .action(act(async (flags: GatewayFlags) => (await load()).listModels(flags, shell)));
  const add = withModelFields(models.command('add <id>'))
    .description('register a model')
    .action(act(async (id: string, flags: ModelFlags) => (await load()).addModel(id, flags, shell)));
  withModelFields(models.command('set <id>'))
    .description('change some fields of a model')
    .action(act(async (id: string, flags: ModelFlags) => (await load()).setModel(id, flags, shell)));
  withGateway(models.command('rm <id>'))
    .description('remove a model that no route uses')
    .action(act(async (id: string, flags: GatewayFlags) => (await load()).removeModel(id, flags, shell)));
  withGateway(models.command('check <id>'))
    .description('ask the model twice, plain and streamed; exit code 1 when it fails')
    .action(act(async (id: string, flags: GatewayFlags) => (await load()).checkModel(id, flags, shell)));
  for (const verb of ['disable', 'enable'] as const) {
    withGateway(models.command(`${verb} <id>`))
      .description(verb === 'disable' ? 'take a model out of service, at once' : 'let a model serve again')
      .action(
        act(async (id: string, flags: GatewayFlags) =>
          (await load()).switchModel(id, verb, { flags, shell }),
        ),
      );
  }
  const examples = [
    [
      'sluice models add qwen2-7b-stable --url http://127.0.0.1:11434 --model qwen2:7b',
      'a model of an Ollama',
    ],
    [
      'sluice models add big --url http://10.0.0.5:8000/v1 --model Qwen/Qwen3-32B',
      'one of a vLLM or llama.cpp',
    ],
  ] as const;
  withExamples(add, examples);
  withExamples(models, [
    ['sluice models', 'list them'],
    ...examples,
    ['sluice models set qwen2-7b-stable --option num_ctx=8192', 'give it a larger context (Ollama)'],
    ['sluice models check qwen2-7b-stable', 'does it answer, and how fast?'],
  ]);
}

function withModelFields(command: Command): Command {
  return command
    .option('--url <address>', "the model server's address; an OpenAI address ends in /v1")
    .option('--model <name>', 'its name on the model server')
    .option('--protocol <protocol>', 'ollama or openai (default for a new model: by the address)')
    .option('--option <name=value>', "one of the model's options, may be repeated", collect)
    .option('--api-key <key>', 'key that the model server asks for; stored encrypted, never shown')
    .option('--gateway <url>', 'the gateway to talk to (SLUICE_URL; default http://127.0.0.1:18789)')
    .option('--key <key>', 'an admin key (SLUICE_ADMIN_KEY; default ./data/admin.key)')
    .option('--json', 'print JSON');
}

function declareBreakers(program: Command, act: Act, shell: Shell): void {
  const load = () => import('./breakers.ts');
  const breakers = program.command('breakers').description('circuit breakers: list, open, close, reset');
  withGateway(breakers.command('list', { isDefault: true }))
    .description("every model's breaker, and why it is as it is")
    .action(act(async (flags: GatewayFlags) => (await load()).listBreakers(flags, shell)));
  const verbs = {
    open: 'cut a model off at once, until somebody closes its breaker',
    close: 'let a model serve at once; its breaker counts anew',
    reset: 'as close, and earlier openings are forgotten',
  } as const;
  for (const verb of ['open', 'close', 'reset'] as const) {
    withGateway(breakers.command(`${verb} <model>`))
      .description(verbs[verb])
      .action(
        act(async (id: string, flags: GatewayFlags) =>
          (await load()).forceBreaker(id, verb, { flags, shell }),
        ),
      );
  }
  withExamples(breakers, [
    ['sluice breakers', 'list them'],
    ['sluice breakers open qwen3-32b-prod', 'its users get the fallback, from the next request on'],
    ['sluice breakers close qwen3-32b-prod', 'and back'],
  ]);
}

function declareRoutes(program: Command, act: Act, shell: Shell): void {
  const load = () => import('./routes.ts');
  const routes = program.command('routes').description('routes: list, show, add, set, disable, enable');
  withGateway(routes.command('list', { isDefault: true }))
    .description('list the routes')
    .action(act(async (flags: GatewayFlags) => (await load()).listRoutes(flags, shell)));
  withGateway(routes.command('show <route>'))
    .description('show one route')
    .action(act(async (id: string, flags: GatewayFlags) => (await load()).showRoute(id, flags, shell)));
  const add = withGateway(routes.command('add <route>'))
    .description('make a route; users are split by their id in the order of the rules')
    .requiredOption(
      '--rule <model=weight[:description]>',
      'a share in percent; repeat it until they add up to 100',
      collect,
      [],
    )
    .option('--alias <name>', 'another name for which clients may ask; may be repeated', collect)
    .option('--default', 'serve requests that name no route, or an unknown model')
    .action(act(async (id: string, flags: AddRouteFlags) => (await load()).addRoute(id, flags, shell)));
  const set = withGateway(routes.command('set <route-or-file>'))
    .description(
      'give a route other shares (--rule), or make or change one from a JSON file; - reads standard input',
    )
    .option(
      '--rule <model=weight[:description]>',
      'a share of the named route; repeat it until they add up to 100',
      collect,
    )
    .option('--id <route>', 'the route, when the file does not name it')
    .action(
      act(async (routeOrFile: string, flags: SetRouteFlags) =>
        (await load()).setRoute(routeOrFile, flags, shell),
      ),
    );
  withGateway(routes.command('disable <route>'))
    .description('give everyone the stable model, at once')
    .action(
      act(async (id: string, flags: GatewayFlags) =>
        (await load()).switchRoute(id, 'disable', { flags, shell }),
      ),
    );
  withGateway(routes.command('enable <route>'))
    .description('restore the written weights')
    .action(
      act(async (id: string, flags: GatewayFlags) =>
        (await load()).switchRoute(id, 'enable', { flags, shell }),
      ),
    );
  const example: [string, string] = [
    'sluice routes add support --default --rule qwen2-7b-stable=80 --rule qwen3-32b-prod=20',
    'the first rule is stable, the last one grows',
  ];
  const shares: [string, string] = [
    'sluice routes set support --rule qwen2-7b-stable=50 --rule "qwen3-32b-prod=50:half of all"',
    'other shares; descriptions that are not given stay',
  ];
  withExamples(add, [example]);
  withExamples(set, [shares, ['sluice routes set support.json', 'from a file']]);
  withExamples(routes, [
    ['sluice routes', 'list them'],
    example,
    shares,
    ['sluice routes set support.json', 'from a file as `routes show support --json` prints it'],
    ['sluice routes disable support', 'the emergency brake: stable for everyone'],
  ]);
}

function declareKeys(program: Command, act: Act, shell: Shell): void {
  const load = () => import('./keys.ts');
  const keys = program.command('keys').description('keys of callers: list, create, revoke');
  withGateway(keys.command('list', { isDefault: true }))
    .description('list the keys, never their text')
    .action(act(async (flags: GatewayFlags) => (await load()).listKeys(flags, shell)));
  withGateway(keys.command('create <name>'))
    .description('make a key; its text is shown once')
    .option('--role <role>', 'chat, viewer, analyst, operator or admin (default chat)')
    .option('--no-override', 'may not name a model instead of a route')
    .action(act(async (name: string, flags: CreateKeyFlags) => (await load()).createKey(name, flags, shell)));
  withGateway(keys.command('revoke <id>'))
    .description('end a key at once')
    .action(act(async (id: string, flags: GatewayFlags) => (await load()).revokeKey(id, flags, shell)));
  withExamples(keys, [
    ['sluice keys create support-bot', 'a key for a chat client'],
    ['sluice keys create alice --role operator', 'a key for a colleague'],
    ['sluice keys revoke key_01jd…', 'the id stands in the list'],
  ]);
}
