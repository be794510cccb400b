import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configOf, modelOf, NO_FACTS, routeOf } from '../../test/config-fixture.ts';
import { EXPERIMENT } from '../../test/support/experiment-spec.ts';
import { createIds } from '../adapters/system/ids.ts';
import type { RequestRecord } from '../contract/event.ts';
import { type Frame, frameText, readFrame } from '../contract/frame.ts';
import type { OpenExperiment } from '../domain/config.ts';
import { pinAfter } from '../domain/pin.ts';
import { type Assignment, decide } from '../domain/routing.ts';
import { compileSnapshot } from '../domain/snapshot.ts';
import type { Session } from './session.ts';
import { openSessionReplay } from './session-replay.ts';
import { createSessions } from './sessions.ts';

const IDLE_MS = 15 * 60_000;
const MODELS = ['stable', 'candidate', 'spare'] as const;
const WEIGHTS = [[100], [80, 20], [0, 100], [50, 0, 50], [0, 0, 100]] as const;

const model = fc.constantFrom(...MODELS);
const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('ask' as const),
        user: fc.constantFrom('alice', 'uid_123456'),
        sessionId: fc.constantFrom('a', 'b', null),
        route: fc.constantFrom('support', 'support', 'other'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('share' as const), weights: fc.constantFrom(...WEIGHTS) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('switch' as const), model }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('break' as const), model }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('expose' as const),
        steps: fc.constantFrom(null, 100, 5_000, 10_000),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('experiment' as const), isRunning: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('disable' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('wait' as const),
        ms: fc.constantFrom(1_000, IDLE_MS - 1_000, IDLE_MS),
      }),
    },
  ),
  { minLength: 10, maxLength: 60 },
);
type Step = typeof steps extends fc.Arbitrary<(infer T)[]> ? T : never;
type Question = Extract<Step, { do: 'ask' }>;

const SPARE_TRIED: Omit<OpenExperiment, 'isRunning'> = {
  ...EXPERIMENT,
  arms: [
    { name: 'control', modelId: 'stable', steps: 5_000 },
    { name: 'treatment', modelId: 'spare', steps: 5_000 },
  ],
  stoppedArms: [],
};

/** Routes, breakers and a fake clock around the registry; `ask` is what the pipeline does of a request. */
function world() {
  const enabled = new Map<string, boolean>(MODELS.map((id) => [id, true]));
  const open = new Set<string>();
  const frames: Frame[] = [];
  let weights: readonly number[] = [80, 20];
  let isRouteEnabled = true;
  let isRunning = false;
  let exposed: number | null = null;
  let nowMs = 1_700_000_000_000;
  const ids = createIds(() => nowMs);
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const snapshot = () => {
    const rules = MODELS.flatMap((id, i) => (weights[i] === undefined ? [] : [[id, weights[i]] as const]));
    const routes = ['support', 'other'].map((id) =>
      routeOf(id, rules, { isDefault: false, stickiness: 'conversation', enabled: isRouteEnabled }),
    );
    const models = MODELS.map((id) => modelOf(id, { enabled: enabled.get(id) ?? true }));
    const rollout = { rolloutId: 'june', routeId: 'support', candidateModelId: 'candidate', stage: 1 };
    return compileSnapshot(1, {
      ...configOf(models, routes),
      experiments: [{ ...SPARE_TRIED, isRunning }],
      exposures: exposed === null ? [] : [{ ...rollout, steps: exposed }],
    });
  };

  /** The registry after a restart, from the journal alone. */
  const replayed = () => {
    const sessions = createSessions({ ids });
    openSessionReplay({ sessions, breakers: { recall: () => {} }, clock, snapshot }).take(
      frames.toReversed(),
    );
    return sessions;
  };
  const enter = (sessions: ReturnType<typeof createSessions>, { user, sessionId }: Question): Session => {
    const turn = {
      userMessages: 2,
      assistantMessages: 1,
      endsWithUser: true,
      lastUserMark: 1,
      isRetry: false,
    };
    const { session } = sessions.enter({
      credentialId: 'key',
      userId: user,
      sessionId,
      opening: { systemText: '', firstUserText: 'hello' },
      turn,
      idleMs: IDLE_MS,
      nowMs,
      nowAtMs: nowMs,
    });
    sessions.leave(session, false, nowMs);
    return session;
  };
  const chosen = ({ pin }: Session, { user, route }: Question) =>
    decide(
      { ...NO_FACTS, routeName: route, userId: user, pin },
      { snapshot: snapshot(), standingOf: (id) => (open.has(id) ? 'open' : 'closed') },
    );
  const write = (session: Session, decision: Assignment, question: Question): void => {
    const empty = readFrame('["request"]');
    const record: RequestRecord = {
      ...(empty?.record as RequestRecord),
      time_ms: nowMs,
      credential_id: 'key',
      user_id: question.user,
      session_id: session.id,
      session_instance: session.instance,
      session_began_ms: session.beganAtMs,
      opening_mark: session.openingMark,
      round: session.round,
      outcome: 'ok',
      route_id: decision.routeId,
      reason: decision.reason,
      assigned_model_id: decision.assigned.id,
      model_id: decision.serving.id,
      fallback: decision.fallback,
      experiment: decision.arm?.experimentId ?? null,
      arm: decision.arm?.name ?? null,
      pin_broken: decision.pinBreak,
    };
    const frame = readFrame(frameText('request', record));
    if (frame !== null) frames.push(frame);
  };
  const live = createSessions({ ids });

  return {
    change(step: Exclude<Step, Question>): void {
      if (step.do === 'share') weights = step.weights;
      else if (step.do === 'switch') enabled.set(step.model, !enabled.get(step.model));
      else if (step.do === 'break' && !open.delete(step.model)) open.add(step.model);
      else if (step.do === 'expose') exposed = step.steps;
      else if (step.do === 'experiment') isRunning = step.isRunning;
      else if (step.do === 'disable') isRouteEnabled = !isRouteEnabled;
      else if (step.do === 'wait') nowMs += step.ms;
    },
    ask(question: Question) {
      nowMs += 1; // events of one time have no order after a restart
      const restarted = enter(replayed(), question);
      const session = enter(live, question);
      const before = session.pin;
      const decision = chosen(session, question);
      const afterRestart = chosen(restarted, question);
      if (decision.kind === 'serve') {
        const { routeId, reason, assigned, serving, fallback, arm } = decision;
        const models = { assignedModelId: assigned.id, servingModelId: serving.id };
        session.pin = pinAfter(before, { routeId, reason, fallback, arm, ...models });
        write(session, decision, question);
      }
      return { session, before, decision, afterRestart };
    },
  };
}

const served = (decision: ReturnType<typeof decide>): unknown =>
  decision.kind === 'serve'
    ? [decision.assigned.id, decision.serving.id, decision.reason, decision.fallback, decision.pinBreak]
    : decision.code;

const countedFor = (decision: ReturnType<typeof decide>): unknown =>
  decision.kind === 'serve' ? [decision.arm?.name, decision.rollout?.stage] : null;

describe('a conversation on a route that keeps them together', () => {
  it('changes its model only for a reason that is told (H8), and goes on the same after a restart', () => {
    fc.assert(
      fc.property(steps, (walk) => {
        const { ask, change } = world();
        const lastModel = new Map<string, string>();
        for (const step of walk) {
          if (step.do !== 'ask') {
            change(step);
            continue;
          }
          const { session, before, decision, afterRestart } = ask(step);
          expect(served(afterRestart)).toEqual(served(decision));
          expect(countedFor(afterRestart)).toEqual(countedFor(decision));
          if (decision.kind === 'refuse') continue;
          const conversation = `${session.instance} ${step.route}`;
          const previous = lastModel.get(conversation);
          lastModel.set(conversation, decision.serving.id);
          if (before?.routeId !== step.route || previous === undefined) continue;
          expect(before.modelId).toBe(previous);
          expect(decision.serving.id === previous).toBe(decision.pinBreak === null);
        }
      }),
    );
  });

  it('is forgotten once it was idle, and holds nobody else', () => {
    const { ask, change } = world();
    const question = { do: 'ask', user: 'uid_123456', sessionId: 'a', route: 'support' } as const;
    change({ do: 'share', weights: [100] });
    ask(question);
    change({ do: 'share', weights: [0, 100] });
    expect(served(ask(question).decision)).toEqual(['stable', 'stable', 'pinned', null, null]);
    const other = { ...question, user: 'alice' } as const;
    expect(served(ask(other).decision)).toEqual(['candidate', 'candidate', 'rule', null, null]);
    change({ do: 'wait', ms: (IDLE_MS + 1) as never });
    expect(served(ask(question).decision)).toEqual(['candidate', 'candidate', 'rule', null, null]);
  });
});
