import { describe, expect, it } from 'vitest';
import { createFaultBook } from './fault-book.ts';
import { type FaultRule, parseFaultFile, parseFaultRules } from './fault-rules.ts';

describe('parseFaultRules', () => {
  it('takes a list, or an object with a list', () => {
    const rules = [{ fault: 'slow', factor: 3, model: 'a', rate: 0.5, from: 1, until: 2 }];
    expect(parseFaultRules(rules, ['a'])).toEqual(rules);
    expect(parseFaultRules({ faults: rules }, ['a'])).toEqual(rules);
  });

  it.each([
    [{}, 'faults: must be a list of rules'],
    [[5], 'faults[0]: must be an object'],
    [[{}], 'faults[0].fault: is missing, must be one of status_500, queue_full'],
    [[{ fault: 'explode' }], 'faults[0].fault: is "explode", must be one of'],
    [[{ fault: 'constructor' }], 'faults[0].fault: is "constructor", must be one of'],
    [[{ fault: 'hang' }, { fault: 'hang', rate: 2 }], 'faults[1].rate: must be a number from 0 to 1, not 2'],
    [[{ fault: 'hang', after: 2 }], 'faults[0].after: is unknown for "hang"; it takes model, rate'],
    [[{ fault: 'cold_load' }], 'faults[0].seconds: is missing; "cold_load" needs it'],
    [[{ fault: 'hang', model: 'b' }], 'faults[0].model: "b" is not served here; there is a'],
    [[{ fault: 'hang', from: 5, until: 5 }], 'faults[0].until: is 5, must be later than from (5)'],
    [[{ fault: 'context_length', shape: 'x' }], 'faults[0].shape: must be one of llama_400, llama_500'],
    [[{ fault: 'html', status: 99 }], 'faults[0].status: must be a whole number from 200 to 599, not 99'],
    [Array(101).fill({ fault: 'hang' }), 'faults: has 101 rules, at most 100 are taken'],
  ])('says of %j what is wrong and where', (json, message) => {
    expect(() => parseFaultRules(json, ['a'])).toThrow(message);
  });

  it('names the file', () => {
    expect(() => parseFaultFile('{', 'faults.json', [])).toThrow(/^faults\.json: is not valid JSON: /);
    expect(() => parseFaultFile('[1]', 'faults.json', [])).toThrow(
      /^faults\.json: faults\[0\]: must be an object/,
    );
  });
});

describe('createFaultBook', () => {
  const strikes = (rules: readonly FaultRule[], timesMs: readonly number[], model = 'm') => {
    const book = createFaultBook({ seed: 1, startedAtMs: 0 });
    book.set(rules, 10_000);
    return timesMs.map((nowMs) => book.strike({ model, isLoaded: true, nowMs }).fault?.fault ?? null);
  };

  it.each<[string, FaultRule, (string | null)[]]>([
    ['no condition: from when it was set', { fault: 'hang' }, ['hang', 'hang', 'hang']],
    ['from counts from the start', { fault: 'hang', from: 15 }, [null, 'hang', 'hang']],
    ['until excludes its end', { fault: 'hang', until: 20 }, ['hang', 'hang', null]],
    ['for counts from when it was set', { fault: 'hang', for: 8 }, ['hang', 'hang', null]],
    ['for after from', { fault: 'hang', from: 15, for: 5 }, [null, 'hang', null]],
    ['count', { fault: 'hang', count: 2 }, ['hang', 'hang', null]],
    ['another model', { fault: 'hang', model: 'x' }, [null, null, null]],
    ['rate 0', { fault: 'hang', rate: 0 }, [null, null, null]],
  ])('%s', (_, rule, expected) => {
    expect(strikes([rule], [10_000, 15_000, 20_000])).toEqual(expected);
  });

  it('strikes at the given rate, and the same requests each time', () => {
    const times = Array.from({ length: 5000 }, () => 10_000);
    const struck = strikes([{ fault: 'hang', rate: 0.1 }], times);
    expect(struck.filter((one) => one === 'hang').length).toBeGreaterThan(420);
    expect(struck.filter((one) => one === 'hang').length).toBeLessThan(580);
    expect(strikes([{ fault: 'hang', rate: 0.1 }], times)).toEqual(struck);
  });

  it('lets slow and cold_load go with the first of the others', () => {
    const book = createFaultBook({ seed: 1, startedAtMs: 0 });
    book.set(
      [
        { fault: 'slow', factor: 2 },
        { fault: 'slow', factor: 3 },
        { fault: 'hang' },
        { fault: 'html' },
        { fault: 'cold_load', seconds: 4 },
      ],
      0,
    );
    const strike = book.strike({ model: 'm', isLoaded: false, nowMs: 0 });
    expect(strike).toEqual({ fault: { fault: 'hang' }, slowFactor: 6, coldLoadMs: 4000 });
    expect(book.strike({ model: 'm', isLoaded: true, nowMs: 0 }).coldLoadMs).toBeNull();
  });
});
