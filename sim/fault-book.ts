import type { FaultRule } from './fault-rules.ts';
import { createRng, type Rng } from './rng.ts';

/** What strikes one request. `slow` and `cold_load` go together with any other fault; of the others the first wins. */
export interface Strike {
  readonly fault: FaultRule | null;
  readonly slowFactor: number;
  /** Loading time, when the model is not loaded and a rule gives it one. */
  readonly coldLoadMs: number | null;
}

export interface FaultBook {
  rules(): readonly FaultRule[];
  set(rules: readonly FaultRule[], nowMs: number): void;
  /** Draws for one request. `isLoaded` keeps a cold load to once per load. */
  strike(request: { readonly model: string; readonly isLoaded: boolean; readonly nowMs: number }): Strike;
}

interface LiveRule {
  readonly rule: FaultRule;
  readonly rng: Rng;
  readonly fromMs: number;
  readonly untilMs: number;
  left: number;
}

export function createFaultBook({
  seed,
  startedAtMs,
}: {
  readonly seed: number;
  readonly startedAtMs: number;
}): FaultBook {
  let live: LiveRule[] = [];

  const set = (rules: readonly FaultRule[], nowMs: number): void => {
    live = rules.map((rule, i) => {
      const fromMs = rule.from === undefined ? nowMs : startedAtMs + rule.from * 1000;
      const until = rule.until === undefined ? Number.POSITIVE_INFINITY : startedAtMs + rule.until * 1000;
      const lasts = rule.for === undefined ? Number.POSITIVE_INFINITY : fromMs + rule.for * 1000;
      // Each rule draws from a stream of its own, so that adding a rule does not move the others' strikes.
      return {
        rule,
        rng: createRng(seed, 'fault', i, rule.fault),
        fromMs,
        untilMs: Math.min(until, lasts),
        left: rule.count ?? Number.POSITIVE_INFINITY,
      };
    });
  };
  return {
    rules: () => live.map(({ rule }) => rule),
    set,
    strike: ({ model, isLoaded, nowMs }) => {
      let fault: FaultRule | null = null;
      let slowFactor = 1;
      let coldLoadMs: number | null = null;
      for (const entry of live) {
        const { rule } = entry;
        if (rule.model !== undefined && rule.model !== model) continue;
        if (nowMs < entry.fromMs || nowMs >= entry.untilMs || entry.left <= 0) continue;
        const isModifier = rule.fault === 'slow' || rule.fault === 'cold_load';
        if ((rule.fault === 'cold_load' && isLoaded) || (!isModifier && fault !== null)) continue;
        if (!entry.rng.chance(rule.rate ?? 1)) continue;
        entry.left--;
        if (rule.fault === 'slow') slowFactor *= rule.factor;
        else if (rule.fault === 'cold_load') coldLoadMs = Math.max(coldLoadMs ?? 0, rule.seconds * 1000);
        else fault = rule;
      }
      return { fault, slowFactor, coldLoadMs };
    },
  };
}
