import { inspect } from 'node:util';
import { proveAborts } from './aborts.ts';
import { proveAlerts } from './alerts.ts';
import { proveBackpressure } from './backpressure.ts';
import { proveBreaker } from './breaker.ts';
import { proveCalibration } from './calibration.ts';
import { proveConsole } from './console.ts';
import { proveDisable } from './disable.ts';
import { linesOf, type Section, writeEvidence } from './evidence.ts';
import { proveExperiment } from './experiment.ts';
import { proveExperimentReport } from './experiment-report.ts';
import { atLeast, type Figure, isKept } from './figure.ts';
import { proveFlips } from './flips.ts';
import { proveIndex } from './index.ts';
import { proveKill } from './kill.ts';
import { proveReleases } from './releases.ts';
import { proveRolloutAbort } from './rollout-abort.ts';
import { proveRolloutKill } from './rollout-kill.ts';
import { proveRolloutYear } from './rollout-year.ts';
import { proveSplit } from './split.ts';
import { proveStart } from './start.ts';
import { watchStillness } from './stillness.ts';
import { proveStreams } from './streams.ts';

interface Proof {
  readonly title: string;
  /** A proof that takes longer has failed. */
  readonly limitMinutes: number;
  run(): Promise<Figure[]>;
}

const PROOFS: Readonly<Record<string, Proof>> = {
  split: {
    title: 'Users are split by their ids',
    limitMinutes: 10,
    run: () => proveSplit({ users: 10_000, everyDoor: true }),
  },
  flips: {
    title: 'The configuration flips under load',
    limitMinutes: 25,
    run: () => proveFlips({ flips: 30_000 }),
  },
  disable: {
    title: 'A route is disabled',
    limitMinutes: 5,
    run: () => proveDisable({ rounds: 1_000, share: 0.99 }),
  },
  streams: {
    title: 'Upstream bytes are cut anywhere',
    limitMinutes: 15,
    run: () => proveStreams({ everyNthCut: 1, randomCuts: 2_000 }),
  },
  aborts: {
    title: 'Clients leave',
    limitMinutes: 5,
    run: () => proveAborts({ aborts: 1_000, share: 0.99 }),
  },
  backpressure: {
    title: 'A client never reads while 512 MiB arrive',
    limitMinutes: 5,
    run: () => proveBackpressure({ floodBytes: 512 * 1024 * 1024, silentMs: 15_000 }),
  },
  start: {
    title: 'Sluice starts',
    limitMinutes: 2,
    run: () => proveStart({ starts: 20 }),
  },
  kill: {
    title: 'Sluice is killed under load',
    limitMinutes: 60,
    run: () => {
      const kills = numberAfter('--kills') ?? 500;
      return proveKill({ kills, answers: kills * 100 });
    },
  },
  alerts: {
    title: 'Mail servers and webhooks hang',
    limitMinutes: 5,
    run: () => proveAlerts({ requests: 4_000 }),
  },
  breaker: {
    title: 'A model fails, is cut off and comes back',
    limitMinutes: 10,
    run: () =>
      proveBreaker({
        walks: 20,
        steps: 1_000_000,
        lives: 20,
        openings: 5,
        fallbacks: 2_000,
        share: 0.99,
        slackMs: 500,
      }),
  },
  rollout: {
    title: 'Releases are simulated and killed',
    limitMinutes: 60,
    run: async () => [
      ...(await proveReleases({ releases: numberAfter('--releases') ?? 1_000, lookMinutes: 10 })),
      ...(await proveRolloutKill({ kills: 300 })),
      ...(await proveRolloutYear({ days: 365, releases: 90, limitSeconds: 60 })),
    ],
  },
  abort: {
    title: 'A release is aborted under load',
    limitMinutes: 10,
    run: () => proveRolloutAbort({ rounds: 1_000, share: 0.99 }),
  },
  index: {
    title: 'Ten million events are indexed and asked about',
    limitMinutes: 30,
    run: () => proveIndex({ events: numberAfter('--events') ?? 10_000_000, exported: 1_000_000 }),
  },
  experiment: {
    title: 'Two models whose truth is known are compared through sockets',
    limitMinutes: 15,
    run: () =>
      proveExperiment({
        users: 2_000,
        control: { completed: 0.63, followUps: 0.29, rounds: 3 },
        treatment: { completed: 0.71, followUps: 0.174, rounds: 4.5 },
        equalPairs: 2,
        equalUsers: 1_000,
      }),
  },
  report: {
    title: 'An experiment of a million conversations is read',
    limitMinutes: 15,
    run: () => proveExperimentReport({ events: 3_400_000, sessions: 1_000_000, limitMs: 2_000 }),
  },
  console: {
    title: 'The console comes fast and stays smooth',
    limitMinutes: 5,
    run: () =>
      proveConsole({
        loads: 10,
        conversations: 1_000_000,
        hurried: 990_000,
        scrolled: 5_000,
        characters: 100_000,
      }),
  },
  calibration: {
    title: 'Experiments whose truth is known are looked at again and again',
    limitMinutes: 10,
    run: async () => proveCalibration({ runs: 2_000, slowRuns: 400 }),
  },
};

/** How long the machine may have been stopped before a proof that falls short is run again, and how often. */
const STOPPED_SECONDS = 5;
const MOST_RUNS = 3;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const [wanted] = process.argv.slice(2);
const names = wanted === undefined ? Object.keys(PROOFS) : [wanted];
if (names.some((name) => !Object.hasOwn(PROOFS, name))) {
  process.stderr.write(`prove: there is no proof "${wanted}"; one of ${Object.keys(PROOFS).join(', ')}\n`);
  process.exit(2);
}
const stillness = watchStillness();
const sections: Section[] = [];
for (const name of names) {
  const proof = PROOFS[name];
  if (!proof) continue;
  const { title } = proof;
  for (let run = 1; run <= MOST_RUNS; run += 1) {
    say(`\n${title} (${name}) …`);
    stillness.takeSeconds();
    const began = performance.now();
    const figures = await within(proof);
    const seconds = (performance.now() - began) / 1000;
    for (const line of linesOf(figures)) say(line);
    const stopped = stillness.takeSeconds();
    if (figures.every(isKept) || stopped < STOPPED_SECONDS || run === MOST_RUNS) {
      sections.push({ name, title, figures, seconds });
      break;
    }
    say(`  the machine itself stood still for ${stopped.toFixed(0)} s of this; once more`);
  }
}
stillness.stop();
writeEvidence(
  sections,
  Object.values(PROOFS).map(({ title }) => title),
);
const short = sections.flatMap(({ figures }) => figures.filter((figure) => !isKept(figure))).length;
say(short === 0 ? '\nprove: every figure keeps its limit' : `\nprove: ${short} figures fall short`);
process.exit(short === 0 ? 0 : 1);

function numberAfter(flag: string): number | null {
  const at = process.argv.indexOf(flag);
  const value = Number(process.argv[at + 1]);
  return at === -1 || !Number.isInteger(value) || value < 1 ? null : value;
}

/** The figures of a proof; one that breaks or takes too long has fallen short, and the others still run. */
async function within(proof: Proof): Promise<Figure[]> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`not done within ${proof.limitMinutes} minutes`)),
    proof.limitMinutes * 60_000,
  );
  try {
    return await Promise.race([proof.run(), late]);
  } catch (error) {
    process.stderr.write(`${inspect(error)}\n`);
    return [atLeast('proofs that ran to their end', 0, 1)];
  } finally {
    clearTimeout(timer);
  }
}
