import { type AdminFault, fieldsFault } from '../contract/fault.ts';
import type { Config } from '../domain/config.ts';
import type { ConfigFault } from '../domain/config-fault.ts';

/** How a request knows the documents that it is about. */
export type ConfigList = 'models' | 'routes' | 'experiments';
export interface RequestPaths {
  /** What it is about, e.g. `routes/support`. */
  readonly resource: string;
  /** Where a document stands in the request; null where it does not. Absent: the request is the document itself. */
  readonly pathOf?: (kind: ConfigList, id: string) => string | null;
}

/** Turns what is wrong with a configuration as a whole into the words and paths of the request that caused it. */
export function faultOf(faults: readonly ConfigFault[], config: Config, request: RequestPaths): AdminFault {
  const errors = faults.map((fault) => ({
    path: pathInRequest(fault.path, config, request),
    message: fault.message,
  }));
  const code = faults.every((fault) => fault.code === 'clash') ? 'clash' : 'invalid';
  return fieldsFault(errors, code);
}

/** `routes[3].rules[0].model_id` of the whole configuration, as `rules[0].model_id` of the route that was sent. */
function pathInRequest(path: string, config: Config, request: RequestPaths): string {
  if (request.resource === 'settings') return path.replace(/^settings\./, '');
  const match = /^(models|routes|experiments)\[(\d+)\]\.?(.*)$/.exec(path);
  if (!match) return path;
  const [, list, index, rest = ''] = match;
  const kind = list as ConfigList;
  const id = config[kind][Number(index)]?.id ?? '';
  const prefix = request.pathOf ? request.pathOf(kind, id) : `${kind}/${id}` === request.resource ? '' : null;
  if (prefix === null) return `${kind}/${id}${rest === '' ? '' : ` ${rest}`}`;
  return [prefix, rest].filter((part) => part !== '').join('.');
}
