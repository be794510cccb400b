import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerOf, type Call, DAY_MS, START_MS, startJudging } from '../../../test/support/judging-rig.ts';
import type { JudgedRecord } from '../../contract/event.ts';
import type { JudgeSettings, Model } from '../../domain/config.ts';
import type { Completion } from '../../ports/model-client.ts';

const YES = '{"reason":"done","completed":true}';
const NO = '{"reason":"vague","completed":false}';
const DOWN: Completion = { ok: false, errorClass: 'connection_refused', message: 'nobody listens' };
const said = (text: string): Completion => ({ ok: true, text });

describe('a judge model', () => {
  it('is asked about an answer and its verdict is kept', async () => {
    const { judging, calls, records, pass, counts } = startJudging({ timeoutMs: 7_000 });
    judging.add(answerOf('a'));
    expect(calls).toHaveLength(0); // never while the answer is handed over
    pass(0);
    const [call] = calls;
    expect([call?.timeoutMs, call?.instruction.user]).toEqual([7_000, expect.stringContaining('answer a')]);
    await call?.reply(said(NO));
    expect(records).toEqual([
      {
        time_ms: START_MS,
        request_id: 'req_a',
        session_instance: 'ses_a',
        judge_model_id: 'judge',
        task_completed: false,
        reason: 'vague',
      },
    ]);
    expect(counts()).toEqual({
      calls: { ok: 1 },
      verdicts: { vague: 1 },
      skipped: {},
      waiting: 0,
      budgetLeft: 999,
    });
  });

  it.each<[string, Completion[], Partial<JudgedRecord>]>([
    ['no verdict at first', [said('Yes.'), said(YES)], { task_completed: true, reason: 'done' }],
    [
      'no verdict twice',
      [said('Yes.'), said(`Sure! ${YES}`)],
      { task_completed: null, reason: 'no_verdict' },
    ],
    ['a failure at first', [DOWN, said(YES)], { task_completed: true, reason: 'done' }],
    ['a failure twice', [DOWN, DOWN], { task_completed: null, reason: 'no_answer' }],
    [
      'a verdict that is none',
      [said('{"reason":"unclear","completed":null}')],
      { task_completed: null, reason: 'unclear' },
    ],
  ])('that gives %s', async (_what, replies, expected) => {
    const { judging, calls, records, pass } = startJudging();
    judging.add(answerOf('a'));
    for (const [i, reply] of replies.entries()) {
      pass(120_000);
      await calls[i]?.reply(reply);
    }
    pass(DAY_MS / 2);
    expect([calls.length, records.length]).toEqual([replies.length, 1]);
    expect(records[0]).toMatchObject(expected);
  });

  it('is not asked while its breaker is open, and asked about everything afterwards', async () => {
    const { judging, calls, records, cutOff, pass } = startJudging();
    cutOff(true);
    judging.add(answerOf('a'));
    pass(DAY_MS / 2);
    expect(calls).toHaveLength(0);
    cutOff(false);
    pass(10_000);
    await calls[0]?.reply(said(YES));
    expect([calls.length, records.length]).toEqual([1, 1]);
  });

  it('is left in peace for longer and longer while it fails, and the operator is told once', async () => {
    const { judging, calls, troubles, pass, counts } = startJudging();
    for (let i = 0; i < 10; i += 1) judging.add(answerOf(String(i)));
    const pausesMs: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      let waitedMs = 0;
      for (; calls.length === i; waitedMs += 1_000) pass(waitedMs === 0 ? 0 : 1_000);
      pausesMs.push(Math.max(0, waitedMs - 1_000));
      await calls[i]?.reply(DOWN);
    }
    expect(pausesMs).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 60].map((s) => s * 1_000));
    expect(troubles).toEqual(['judge model "judge" cannot be asked: nobody listens']);
    pass(60_000);
    await calls[9]?.reply(said(YES));
    expect(calls).toHaveLength(11);
    expect(counts()).toMatchObject({
      calls: { connection_refused: 9, ok: 1 },
      verdicts: { no_answer: 4, done: 1 },
    });
  });

  it('is asked no more often than the day’s budget allows, whichever process spent it', async () => {
    const { judging, calls, pass, counts, spent } = startJudging({ dailyBudget: 3 });
    for (const name of ['a', 'b', 'c']) judging.add(answerOf(name));
    for (let i = 0; i < 3; i += 1) {
      pass(0);
      await calls[i]?.reply(said(i === 0 ? 'Yes.' : YES)); // the first costs two
    }
    judging.add(answerOf('d'));
    pass(3_600_000);
    expect([calls.length, spent()]).toEqual([3, 3]);
    expect(counts()).toMatchObject({ skipped: { budget: 2 }, waiting: 0, budgetLeft: 0 });
    pass(DAY_MS);
    expect(counts().budgetLeft).toBe(3);
    judging.add(answerOf('e'));
    pass(0);
    expect(calls).toHaveLength(4);
  });

  it('waits for the client’s own word, which makes it needless', () => {
    const { judging, calls, pass, counts } = startJudging({ waitMs: 30_000, concurrency: 4 });
    for (const name of ['a', 'b', 'c']) judging.add(answerOf(name));
    pass(29_999);
    judging.withdraw(new Set(['req_a', null]), 'feedback');
    judging.withdraw(new Set([null, 'ses_b', 'req_x']), 'feedback');
    pass(1);
    expect(calls.map(({ instruction }) => /answer \w/.exec(instruction.user)?.[0])).toEqual(['answer c']);
    expect(counts().skipped).toEqual({ feedback: 2 });
  });

  it('is not asked about sessions that are to be forgotten, not even a second time', async () => {
    const { judging, calls, pass, counts } = startJudging({ concurrency: 1 });
    for (const name of ['a', 'b', 'c']) judging.add(answerOf(name));
    pass(0);
    await calls[0]?.reply(DOWN); // to be repeated
    judging.withdraw(new Set(['ses_a', 'ses_c', 'ses_x']), 'erased');
    pass(60_000);
    expect(calls.map(({ instruction }) => /answer \w/.exec(instruction.user)?.[0])).toEqual([
      'answer a',
      'answer b',
    ]);
    expect(counts().skipped).toEqual({ erased: 2 });
  });

  it('is asked about a share of the sessions, the same each time', () => {
    const asked = (samplePercent: number): string[] => {
      const { judging, pass, calls } = startJudging({ samplePercent, concurrency: 4 });
      const found: string[] = [];
      for (let i = 0; i < 400; i += 1) {
        const before = judging.counts().waiting + calls.length;
        judging.add(answerOf(String(i)));
        if (judging.counts().waiting + calls.length > before) found.push(String(i));
      }
      pass(0);
      return found;
    };
    const some = asked(25);
    expect(some.length).toBeGreaterThan(70);
    expect(some.length).toBeLessThan(130);
    expect(asked(25)).toEqual(some);
    expect(asked(50)).toEqual(expect.arrayContaining(some));
    expect([asked(0).length, asked(100).length]).toEqual([0, 400]);
  });

  it.each<[string, Partial<JudgeSettings>, Partial<Model>]>([
    ['no model is named', { modelId: null }, {}],
    ['the model is disabled', {}, { enabled: false }],
  ])('is not asked where %s', (_what, settings, model) => {
    const { judging, pass, calls, counts } = startJudging(settings, model);
    judging.add(answerOf('a'));
    pass(DAY_MS);
    expect([calls.length, counts().waiting, judging.openReplay()]).toEqual([0, 0, null]);
  });

  it('is not asked about what waited when it was taken away', () => {
    const { judging, pass, calls, counts, configure } = startJudging({ waitMs: 1_000 });
    judging.add(answerOf('a'));
    configure({ modelId: null });
    pass(1_000);
    expect([calls.length, counts().skipped]).toEqual([0, { off: 1 }]);
  });

  it('has a limit for what waits', () => {
    const { judging, counts } = startJudging();
    for (let i = 0; i < 1_005; i += 1) judging.add(answerOf(String(i)));
    expect([counts().waiting, counts().skipped]).toEqual([1_000, { queue_full: 5 }]);
  });

  it('is broken off at the end, and leaves no trace of it', async () => {
    const { judging, pass, calls, records, counts } = startJudging();
    judging.add(answerOf('a'));
    judging.add(answerOf('b'));
    pass(0);
    judging.close();
    expect(calls[0]?.signal.aborted).toBe(true);
    await calls[0]?.reply(DOWN);
    pass(DAY_MS);
    expect([calls.length, records, counts().calls]).toEqual([1, [], {}]);
  });

  it('gives each answer one end, whatever happens when', async () => {
    const step = fc.constantFrom('add', 'add', 'yes', 'no verdict', 'down', 'feedback', 'time', 'budget');
    const property = fc.asyncProperty(
      fc.array(step, { maxLength: 80 }),
      fc.integer({ min: 1, max: 4 }),
      async (steps, concurrency) => {
        const rig = startJudging({ concurrency, dailyBudget: 20 });
        const open: Call[] = [];
        let [added, replied] = [0, 0];
        for (const what of steps) {
          if (what === 'add') rig.judging.add(answerOf(String(added++)));
          else if (what === 'time') rig.pass(5_000);
          else if (what === 'feedback') rig.judging.withdraw(new Set([`ses_${added - 1}`]), 'feedback');
          else if (what === 'budget') rig.pass(DAY_MS / 3);
          else {
            open.push(...rig.calls.slice(replied + open.length));
            const call = open.shift();
            if (call === undefined) continue;
            replied += 1;
            await call.reply(what === 'yes' ? said(YES) : what === 'down' ? DOWN : said('Yes.'));
          }
          const running = rig.calls.length - replied;
          const { waiting, verdicts, skipped } = rig.judging.counts();
          const sum = (counts: ReadonlyMap<string, number>) =>
            [...counts.values()].reduce((a, b) => a + b, 0);
          expect(running).toBeLessThanOrEqual(concurrency);
          expect(rig.spent()).toBeLessThanOrEqual(20);
          expect(waiting + running + sum(verdicts) + sum(skipped)).toBe(added);
        }
        expect(new Set(rig.records.map(({ request_id }) => request_id)).size).toBe(rig.records.length);
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });
});
