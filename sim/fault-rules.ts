import { isObject } from './schema-value.ts';

/** When a rule strikes. Times are real seconds; the model server's `speed` does not touch them. */
interface Conditions {
  /** Only this model. */
  readonly model?: string;
  /** Share of the requests, 0–1, drawn from the server's seed. Default 1. */
  readonly rate?: number;
  /** Seconds since the server started. */
  readonly from?: number;
  readonly until?: number;
  /** Seconds from when the rules were set (or from `from`). */
  readonly for?: number;
  /** Strikes at most so often. */
  readonly count?: number;
}

export type FaultRule = Conditions &
  (
    | { readonly fault: 'status_500'; readonly status?: number; readonly message?: string }
    | { readonly fault: 'queue_full' }
    | { readonly fault: 'out_of_memory' }
    | { readonly fault: 'context_length'; readonly shape?: ContextShape; readonly plain?: boolean }
    | { readonly fault: 'rate_limited'; readonly retry_after_seconds?: number }
    | { readonly fault: 'html'; readonly status?: number }
    | { readonly fault: 'reset_before' }
    | { readonly fault: 'reset_mid'; readonly after_chunks?: number; readonly after_bytes?: number }
    | { readonly fault: 'hang' }
    | { readonly fault: 'hang_mid'; readonly after_chunks?: number }
    | { readonly fault: 'trickle'; readonly every_ms?: number }
    | { readonly fault: 'truncated'; readonly after_chunks?: number }
    | {
        readonly fault: 'error_frame';
        readonly after_chunks?: number;
        readonly message?: string;
        readonly style?: FrameStyle;
      }
    | { readonly fault: 'chatter' }
    | { readonly fault: 'cold_load'; readonly seconds: number }
    | { readonly fault: 'slow'; readonly factor: number }
  );

export type FaultKind = FaultRule['fault'];
export type ContextShape = (typeof CONTEXT_SHAPES)[number];
export type FrameStyle = (typeof FRAME_STYLES)[number];

/** `llama_400`: this request is too long. `llama_500`: the cache that all requests share ran out. */
const CONTEXT_SHAPES = ['llama_400', 'llama_500', 'vllm', 'ollama'] as const;
/** How an error inside an SSE stream is written: `data:` only, then `[DONE]`, or llama.cpp's old `error:` field. */
const FRAME_STYLES = ['llama', 'vllm', 'llama_field'] as const;
/** Rules in force at once. */
export const MAX_RULES = 100;

type Check = (value: unknown) => string | null;

const numberIn =
  (low: number, high: number, hint: string): Check =>
  (value) =>
    typeof value === 'number' && value >= low && value <= high ? null : `must be a number ${hint}`;
const wholeIn =
  (low: number, high: number): Check =>
  (value) =>
    Number.isInteger(value) && Number(value) >= low && Number(value) <= high
      ? null
      : `must be a whole number from ${low} to ${high}`;
const oneOf =
  (names: readonly string[]): Check =>
  (value) =>
    names.includes(String(value)) ? null : `must be one of ${names.join(', ')}`;
const someText: Check = (value) =>
  typeof value === 'string' && value !== '' ? null : 'must be a text, not empty';
const yesOrNo: Check = (value) => (typeof value === 'boolean' ? null : 'must be true or false');
const seconds = numberIn(0, 1e7, 'of seconds, 0 or more');
const chunks = wholeIn(0, 1e6);

const CONDITIONS: Readonly<Record<string, Check>> = {
  model: someText,
  rate: numberIn(0, 1, 'from 0 to 1'),
  from: seconds,
  until: seconds,
  for: seconds,
  count: wholeIn(1, 1e9),
};

/** Own parameters of each fault; those of `REQUIRED` have no default. */
const PARAMETERS: Readonly<Record<FaultKind, Readonly<Record<string, Check>>>> = {
  status_500: { status: wholeIn(500, 599), message: someText },
  queue_full: {},
  out_of_memory: {},
  context_length: { shape: oneOf(CONTEXT_SHAPES), plain: yesOrNo },
  rate_limited: { retry_after_seconds: wholeIn(0, 86_400) },
  html: { status: wholeIn(200, 599) },
  reset_before: {},
  reset_mid: { after_chunks: chunks, after_bytes: wholeIn(0, 1e9) },
  hang: {},
  hang_mid: { after_chunks: chunks },
  trickle: { every_ms: numberIn(0, 1e6, 'of milliseconds, 0 or more') },
  truncated: { after_chunks: chunks },
  error_frame: { after_chunks: chunks, message: someText, style: oneOf(FRAME_STYLES) },
  chatter: {},
  cold_load: { seconds },
  slow: { factor: numberIn(0.01, 1e4, 'from 0.01 to 10000') },
};
const REQUIRED: Readonly<Partial<Record<FaultKind, string>>> = { cold_load: 'seconds', slow: 'factor' };

/** What is wrong with a list of fault rules; `where` is a path such as `faults[2].rate`. */
export class FaultRuleError extends Error {
  readonly where: string;

  constructor(where: string, problem: string) {
    super(`${where}: ${problem}`);
    this.name = 'FaultRuleError';
    this.where = where;
  }
}

/** Reads rules from JSON: a list, or `{"faults": [...]}`. Throws FaultRuleError that says what to mend. */
export function parseFaultRules(json: unknown, models: readonly string[]): FaultRule[] {
  const list = isObject(json) && 'faults' in json ? json.faults : json;
  if (!Array.isArray(list)) {
    throw new FaultRuleError(
      'faults',
      'must be a list of rules, such as [{"fault":"status_500","rate":0.1}]',
    );
  }
  if (list.length > MAX_RULES) {
    throw new FaultRuleError('faults', `has ${list.length} rules, at most ${MAX_RULES} are taken`);
  }
  return list.map((rule: unknown, i) => parseRule(rule, `faults[${i}]`, models));
}

/** As `parseFaultRules`, from the text of a file; `file` stands in the message. */
export function parseFaultFile(text: string, file: string, models: readonly string[]): FaultRule[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new FaultRuleError(
      file,
      `is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  try {
    return parseFaultRules(json, models);
  } catch (error) {
    if (error instanceof FaultRuleError) throw new FaultRuleError(file, error.message);
    throw error;
  }
}

function parseRule(rule: unknown, where: string, models: readonly string[]): FaultRule {
  if (!isObject(rule)) throw new FaultRuleError(where, 'must be an object such as {"fault":"hang"}');
  const kind = rule.fault;
  if (typeof kind !== 'string' || !isFaultKind(kind)) {
    const known = Object.keys(PARAMETERS).join(', ');
    throw new FaultRuleError(
      `${where}.fault`,
      `is ${JSON.stringify(kind) ?? 'missing'}, must be one of ${known}`,
    );
  }
  const checks = { ...CONDITIONS, ...PARAMETERS[kind] };
  for (const [key, value] of Object.entries(rule)) {
    if (key === 'fault') continue;
    const problem = checks[key]?.(value);
    if (problem === undefined) {
      const known = Object.keys(checks).join(', ');
      throw new FaultRuleError(`${where}.${key}`, `is unknown for "${kind}"; it takes ${known}`);
    }
    if (problem !== null)
      throw new FaultRuleError(`${where}.${key}`, `${problem}, not ${JSON.stringify(value)}`);
  }
  const needed = REQUIRED[kind];
  if (needed !== undefined && !(needed in rule)) {
    throw new FaultRuleError(`${where}.${needed}`, `is missing; "${kind}" needs it`);
  }
  if (typeof rule.model === 'string' && models.length > 0 && !models.includes(rule.model)) {
    throw new FaultRuleError(
      `${where}.model`,
      `"${rule.model}" is not served here; there is ${models.join(', ')}`,
    );
  }
  if (typeof rule.from === 'number' && typeof rule.until === 'number' && rule.until <= rule.from) {
    throw new FaultRuleError(`${where}.until`, `is ${rule.until}, must be later than from (${rule.from})`);
  }
  // Every key has been checked against the tables above, which mirror the type.
  return rule as unknown as FaultRule;
}

function isFaultKind(kind: string): kind is FaultKind {
  return Object.hasOwn(PARAMETERS, kind);
}
