import type { IndexReport } from '../../contract/analysis.ts';
import type { BreakerAnswer } from '../../contract/breaker.ts';
import type { ModelAnswer } from '../../contract/model.ts';
import type { RouteAnswer } from '../../contract/route.ts';
import { stateOf } from './breakers.ts';
import { openClient, print } from './gateway-command.ts';
import type { GatewayFlags } from './options.ts';
import { sharesOf } from './routes.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

/** Is the gateway up, and what does it serve. Exit code 1 when it is not ready. */
export async function status(flags: GatewayFlags, shell: Shell): Promise<number> {
  const client = openClient(flags, shell);
  const readiness = await client.probe<{ reason?: string }>('/readyz');
  const { version } = (await client.probe<{ version: string }>('/version')).body;
  const [models, breakers, routes, index] = await Promise.all([
    client.list<ModelAnswer>('/models'),
    client.list<BreakerAnswer>('/breakers'),
    client.list<RouteAnswer>('/routes'),
    client.call<IndexReport>('GET', '/index'),
  ]);
  const config = await client.call<{ config_version: number }>('GET', '/config');
  const ready = readiness.status === 200;
  const { reason } = readiness.body;
  const breakerOf = new Map(breakers.map((breaker) => [breaker.model_id, breaker]));
  const summary = {
    url: client.url,
    version,
    ready,
    not_ready_because: reason ?? null,
    config_version: config.config_version,
    index,
    models: models.map(({ id, enabled, base_url, upstream_model }) => ({
      id,
      enabled,
      base_url,
      upstream_model,
      breaker: breakerOf.get(id)?.state ?? null,
    })),
    routes: routes.map(({ id, enabled, default: isDefault, stable_model_id, rules }) => ({
      id,
      enabled,
      default: isDefault,
      stable_model_id,
      rules: rules.map(({ model_id, weight }) => ({ model_id, weight })),
    })),
  };
  print(shell, flags, summary, () =>
    [
      `Sluice ${version} at ${client.url}, ${ready ? 'ready' : `NOT READY: ${reason}`}, configuration version ${config.config_version}`,
      indexLine(index),
      '',
      models.length === 0 ? 'no model is registered' : modelTable(models, breakerOf),
      '',
      routes.length === 0 ? 'no route yet' : routeTable(routes),
    ].join('\n'),
  );
  return ready ? 0 : 1;
}

function indexLine({ state, requests, lag_bytes, progress }: IndexReport): string {
  if (state === 'unavailable') return 'index of requests: starting';
  if (state === 'rebuilding') {
    return `index of requests: being made, ${Math.floor((progress ?? 0) * 100)} % of the journal is read`;
  }
  const lag = lag_bytes === 0 ? 'up to date' : `${lag_bytes} bytes of the journal behind`;
  return `index of requests: ${requests?.toLocaleString('en')} requests, ${lag}`;
}

function modelTable(models: readonly ModelAnswer[], breakerOf: ReadonlyMap<string, BreakerAnswer>): string {
  const rows = models.map((model) => {
    const breaker = breakerOf.get(model.id);
    return [
      model.id,
      model.enabled ? 'enabled' : 'disabled',
      breaker === undefined ? '' : stateOf(breaker),
      `${model.upstream_model} at ${model.base_url}`,
    ];
  });
  return table(['MODEL', 'STATE', 'BREAKER', 'UPSTREAM'], rows);
}

function routeTable(routes: readonly RouteAnswer[]): string {
  const rows = routes.map((route) => [
    route.id,
    route.enabled ? 'enabled' : 'disabled',
    route.enabled ? sharesOf(route) : `everyone gets ${route.stable_model_id}`,
  ]);
  return table(['ROUTE', 'STATE', 'USERS'], rows);
}
