import type { BreakerAnswer } from '../../src/contract/breaker.ts';
import { walkBreaker } from '../support/breaker-walk.ts';
import { json } from '../support/failing-rig.ts';
import { type JournalEvent, journalOf } from '../support/journal-events.ts';
import { isWhole, SICK_USER, type SickWorld, startSickWorld } from '../support/sick-world.ts';
import { EARLY, LATE, type Sickness } from '../support/sickness.ts';
import { CANDIDATE } from '../support/world.ts';
import { falseTripsADay } from './false-trips.ts';
import { atLeast, atMost, type Figure, percentile } from './figure.ts';

export interface BreakerScale {
  /** Random walks beside the specification, each from a seed of its own, and the steps of each. */
  readonly walks: number;
  readonly steps: number;
  /** Lives of 60 days for a model that fails by chance alone. */
  readonly lives: number;
  /** How long each sickness lasts, in openings of the breaker. */
  readonly openings: number;
  /** Requests of which the first attempt fails, for the cost of a fallback. */
  readonly fallbacks: number;
  /** Which share of the fallbacks must keep the limit, and what a busy machine may add to the recovery. */
  readonly share: number;
  readonly slackMs: number;
}

const PER_SECOND = 200;
const OPEN_MS = 1_000;
const BRISK = { open: '1s' };
/** The request that finds the time to be over came a moment before it says so. */
const BORDER_MS = 100;
const HASTY = { timeout: '300ms', idle_timeout: '300ms' };
const PATIENT = { timeout: '120s', idle_timeout: '60s' };

/** A model that fails is cut off, its users notice nothing, and it comes back. */
export async function proveBreaker(scale: BreakerScale): Promise<Figure[]> {
  const pure = [...walk(scale), ...liveLong(scale)];
  const world = await startSickWorld(BRISK);
  try {
    return [
      ...pure,
      ...(await fallIll(world, scale)),
      ...(await breakOff(world)),
      ...(await stayClosed(world)),
      ...(await fallBack(world, scale)),
    ];
  } finally {
    await world.close();
  }
}

function walk({ walks, steps }: BreakerScale): Figure[] {
  const walked = Array.from({ length: walks }, (_, seed) => walkBreaker({ seed, steps }));
  for (const { fault } of walked) if (fault !== null) process.stderr.write(`${fault}\n`);
  const done = walked.reduce((sum, one) => sum + one.steps, 0);
  const opened = walked.reduce((sum, one) => sum + one.changes.OPEN, 0);
  return [
    atLeast('random steps beside the specification', done, walks * steps),
    atLeast('openings among them', opened, done / 1_000),
    atMost('steps that broke an invariant', walked.filter(({ fault }) => fault !== null).length, 0),
  ];
}

function liveLong({ lives }: BreakerScale): Figure[] {
  const healthy = { days: 60, callsPer5Min: 60, errorRate: 0.005 };
  const trips = Array.from({ length: lives }, (_, seed) => falseTripsADay({ seed, ...healthy }));
  const mean = trips.reduce((sum, one) => sum + one, 0) / lives;
  return [
    atLeast('simulated days of a healthy model (0.5 % errors, 60 calls in 5 min)', lives * 60, 60),
    atMost('false openings a day', mean, 0.1),
  ];
}

interface Illness {
  readonly failed: number;
  readonly asked: number;
  readonly whileOpen: number;
  readonly triesACoolDown: number;
  readonly recoveryMs: number;
  readonly probesAtOnce: number;
  readonly openedLate: number;
}

/** Every sickness that shows before the first byte, under load, and the recovery from each. */
async function fallIll(world: SickWorld, { openings, slackMs }: BreakerScale): Promise<Figure[]> {
  const illnesses: Illness[] = [];
  for (const sickness of EARLY) illnesses.push(await sufferFrom(world, sickness, openings));
  const worst = (of: (one: Illness) => number) => Math.max(...illnesses.map(of));
  const sum = (of: (one: Illness) => number) => illnesses.reduce((total, one) => total + of(one), 0);
  return [
    atLeast('sicknesses before the first byte', illnesses.length, EARLY.length),
    atLeast(
      'requests to a sick model, 200 a second',
      sum(({ asked }) => asked),
      EARLY.length * 200,
    ),
    atMost(
      'failures that users saw',
      sum(({ failed }) => failed),
      0,
    ),
    atMost(
      'breakers that opened by anything but five failures in a row',
      sum(({ openedLate }) => openedLate),
      0,
    ),
    atMost(
      'attempts at an open model',
      sum(({ whileOpen }) => whileOpen),
      0,
    ),
    atMost(
      'tries of a dead model a cool-down, at most',
      worst(({ triesACoolDown }) => triesACoolDown),
      1,
    ),
    atMost(
      'probes at once, at most',
      worst(({ probesAtOnce }) => probesAtOnce),
      2,
    ),
    atMost(
      'recovery beyond the open time, at most',
      worst(({ recoveryMs }) => recoveryMs) - OPEN_MS,
      slackMs,
      'ms',
    ),
  ];
}

async function sufferFrom(world: SickWorld, { script, hangs }: Sickness, openings: number): Promise<Illness> {
  await world.change(hangs ? HASTY : PATIENT);
  await reset(world);
  world.play(script);
  const requests = (openings * OPEN_MS * PER_SECOND) / 1_000;
  const replies = await world.rush(requests, PER_SECOND);
  const ill = await world.breaker();
  world.play(null);
  world.most = 0;
  const healthyMs = Date.now();
  while ((await world.breaker()).state !== 'CLOSED') replies.push(...(await world.rush(20, PER_SECOND)));
  const { history } = await world.breaker();
  const closedMs = Date.parse(history[0]?.at ?? '');
  return {
    asked: replies.length,
    failed: replies.filter((reply) => !isWhole(reply)).length,
    ...countTries(ill.history, triesIn(world)),
    recoveryMs: closedMs - healthyMs,
    probesAtOnce: world.most,
    openedLate: history.some(({ from, reason }) => from === 'CLOSED' && reason === 'error_rate') ? 1 : 0,
  };
}

/** When the requests came that were put to the candidate, as the record has it. */
function triesIn({ sluice }: SickWorld): number[] {
  const isTry = ({ attempts }: JournalEvent) =>
    (attempts as { model_id: string }[]).some(({ model_id }) => model_id === CANDIDATE);
  return journalOf(sluice.dataDir, 'request')
    .filter(isTry)
    .map(({ time_ms }) => Number(time_ms));
}

/** Requests that came while the breaker was open and were put to the model all the same, and in its half-open times. */
function countTries(history: BreakerAnswer['history'], tries: readonly number[]) {
  let whileOpen = 0;
  let triesACoolDown = 0;
  for (const [i, { at, to, reason }] of history.entries()) {
    if (reason === 'operator_reset') break; // older is of another sickness
    const fromMs = Date.parse(at);
    const untilMs = Date.parse(history[i - 1]?.at ?? at);
    const between = (first: number, last: number) => tries.filter((ms) => ms > first && ms < last).length;
    if (to === 'OPEN') whileOpen += between(fromMs, untilMs - BORDER_MS);
    if (to === 'HALF_OPEN') triesACoolDown = Math.max(triesACoolDown, between(fromMs - BORDER_MS, untilMs));
  }
  return { whileOpen, triesACoolDown };
}

/** Every sickness that shows in the midst of an answer. */
async function breakOff(world: SickWorld): Promise<Figure[]> {
  let broken = 0;
  let untold = 0;
  let opened = 0;
  for (const { script, hangs } of LATE) {
    await world.change(hangs ? HASTY : PATIENT);
    await reset(world);
    world.play(script);
    for (let i = 0; i < 8; i += 1) {
      const reply = await world.asker.ask({ door: 'ollama', userId: SICK_USER, stream: true });
      if (isWhole(reply)) continue;
      broken += 1;
      if (reply.status !== 200 || !reply.text.trimEnd().split('\n').at(-1)?.startsWith('{"error":'))
        untold += 1;
    }
    if ((await world.breaker()).state === 'OPEN') opened += 1;
  }
  return [
    atLeast('sicknesses in the midst of an answer that opened the breaker', opened, LATE.length),
    atMost('answers broken by each before it opened', broken / LATE.length, 5),
    atMost('broken answers without the error in their stream', untold, 0),
  ];
}

async function stayClosed(world: SickWorld): Promise<Figure[]> {
  await world.change(PATIENT);
  await reset(world);
  world.play(json(429, '{"error":"slow down"}'));
  await world.rush(50, PER_SECOND);
  world.play(() => {});
  for (let i = 0; i < 50; i += 1) await leaveEarly(world);
  const { state, counts } = await world.breaker();
  return [
    atMost('failures counted of 50 answers 429 and 50 clients that left', counts.failures, 0),
    atMost('breakers that they opened', state === 'CLOSED' ? 0 : 1, 0),
  ];
}

async function leaveEarly({ sluice }: SickWorld): Promise<void> {
  const headers = { authorization: `Bearer ${sluice.adminKey}`, 'x-user-id': SICK_USER };
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
  const signal = AbortSignal.timeout(20);
  await fetch(`${sluice.url}/api/chat`, { method: 'POST', headers, body, signal }).catch(() => null);
}

/** What the gateway itself adds to a request that fails on one model and is answered by another. */
async function fallBack(world: SickWorld, { fallbacks, share }: BreakerScale): Promise<Figure[]> {
  await world.change({ ...PATIENT, breaker: { enabled: false } });
  await reset(world);
  world.play(json(500, '{"error":"boom"}'));
  const replies = await world.rush(fallbacks, PER_SECOND);
  const addedMs = journalOf(world.sluice.dataDir, 'request')
    .slice(-fallbacks)
    .map(({ latency_ms, attempts }) => {
      const spent = (attempts as { latency_ms: number }[]).reduce((sum, one) => sum + one.latency_ms, 0);
      return Number(latency_ms) - spent;
    });
  return [
    atLeast('requests answered by the fallback', replies.filter(isWhole).length, fallbacks),
    atMost(
      `added by the fallback beyond the attempts themselves, p${share * 100}`,
      percentile(addedMs, share),
      5,
      'ms',
    ),
  ];
}

async function reset(world: SickWorld): Promise<void> {
  world.play(null);
  await world.sluice.admin.must('POST', `/breakers/${CANDIDATE}/reset`);
}
