import { parseArgs } from 'node:util';
import { CASES, type Case, type Effort } from './cases.ts';
import { bare } from './gateways/bare.ts';
import type { Peer } from './gateways/gateway.ts';
import { nginx } from './gateways/nginx.ts';
import { portkey } from './gateways/portkey.ts';
import { sluice } from './gateways/sluice.ts';

export const HELP = `npm run bench -- [--quick] [--only CASE]… [--peer NAME]… [--rounds N] [--seconds N] [--out FILE]
  --quick     one short round of everything (under 40 s): shows that it works, judges nothing
  --only      ${CASES.map(({ name }) => name).join(', ')}
  --peer      sluice, nginx, portkey, bare
  --rounds    default 3
  --seconds   length of one measurement (default 2.5)
Writes bench/results/latest.json after a whole run, else bench/results/last.local.json.`;

export interface Options {
  readonly cases: readonly Case[];
  readonly peers: readonly Peer[];
  readonly effort: Effort;
  readonly isQuick: boolean;
  /** Where the figures go; null: the usual file of this kind of run. */
  readonly out: string | null;
  /** Every case against every peer with full effort: only such figures may replace the latest ones. */
  readonly isWhole: boolean;
}

const PEERS: readonly Peer[] = [bare, sluice, nginx, portkey];
const FULL: Effort = { rounds: 3, seconds: 2.5, heldStreams: 5000, warmSeconds: 1.5 };
const QUICK: Effort = { rounds: 1, seconds: 0.5, heldStreams: 300, warmSeconds: 0.3 };

/** Null when help is wanted; throws on an unknown flag, case or peer. */
export function readOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      peer: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const basis = values.quick ? QUICK : FULL;
  const isChanged =
    [...values.only, ...values.peer].length > 0 || (values.rounds ?? values.seconds) !== undefined;
  return {
    cases: chosen(CASES, values.only),
    peers: chosen(PEERS, values.peer),
    effort: {
      ...basis,
      rounds: positive('--rounds', values.rounds, basis.rounds),
      seconds: positive('--seconds', values.seconds, basis.seconds),
    },
    isQuick: values.quick,
    out: values.out ?? null,
    isWhole: !values.quick && !isChanged,
  };
}

function chosen<T extends { readonly name: string }>(
  all: readonly T[],
  names: readonly string[],
): readonly T[] {
  const unknown = names.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined)
    throw new Error(`no "${unknown}"; one of ${all.map(({ name }) => name).join(', ')}`);
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

function positive(flag: string, said: string | undefined, basis: number): number {
  const value = said === undefined ? basis : Number(said);
  if (!(value > 0)) throw new Error(`${flag} needs a number above 0`);
  return value;
}
