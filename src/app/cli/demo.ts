import { setTimeout as delay } from 'node:timers/promises';
import { EXPERIMENT } from '../demo/comparison.ts';
import { liveBlock, liveLine, over } from '../demo/live-view.ts';
import { MODELS, type Playground, ROUTE, startPlayground } from '../demo/playground.ts';
import { RELEASE_ID } from '../demo/release.ts';
import { stateOf } from './breakers.ts';
import { serverOptions } from './options.ts';
import { rolloutLine, rolloutView } from './rollout-view.ts';
import type { Shell } from './shell.ts';
import { untilSignal } from './signals.ts';

export interface DemoFlags {
  readonly port?: number;
  readonly speed?: number;
  readonly bad?: boolean;
  readonly ill?: boolean;
  /** Seconds of real time. */
  readonly duration?: number;
}

const REDRAW_MS = 500;
/** Output that is kept grows slowly. */
const LINE_MS = 5000;

/** Runs the playground until Ctrl-C, or for the given time. */
export async function demo(flags: DemoFlags, shell: Shell): Promise<number> {
  const { port } = serverOptions(flags.port === undefined ? {} : { port: flags.port }, shell.environment);
  const signal = untilSignal();
  const speed = flags.speed ?? 1;
  const playground = await startPlayground({
    port,
    speed,
    candidate: flags.bad ? 'bad' : flags.ill ? 'ill' : 'good',
  });
  shell.out(introduction(playground, flags, shell.command));
  const ended = new AbortController();
  const limitMs = flags.duration === undefined ? null : flags.duration * 1000;
  const watching = watch(playground, shell, ended.signal);
  await Promise.race([signal.arrived, ...(limitMs === null ? [] : [delay(limitMs, null, { ref: false })])]);
  ended.abort();
  await watching;
  await playground.stop();
  signal.stop();
  shell.out('\nStopped; nothing is kept.');
  return 0;
}

/** Shows the figures until `ended`, then once more. */
async function watch(playground: Playground, shell: Shell, ended: AbortSignal): Promise<void> {
  const startMs = performance.now();
  let drawnLines = 0;
  let experiment = '';
  let asked = 0;
  const askExperiment = async (): Promise<void> => {
    const said = await playground.decision();
    if (said !== null) experiment = `\nExperiment ${EXPERIMENT}: ${said}`;
  };
  const draw = async (): Promise<void> => {
    const rows = playground.tally.rows();
    const breakers = await playground.breakers();
    const states = new Map(breakers.map((breaker) => [breaker.model_id, stateOf(breaker)]));
    const elapsedMs = performance.now() - startMs;
    if (elapsedMs >= asked * LINE_MS) {
      asked += 1;
      await askExperiment();
    }
    const rollout = await playground.rollout();
    const live = shell.isTty
      ? `${liveBlock(rows, states, elapsedMs)}${rollout ? `\n\n${rolloutView(rollout)}` : ''}`
      : `${liveLine(rows, states, elapsedMs)}${rollout ? ` | ${rolloutLine(rollout)}` : ''}`;
    const block = live + experiment;
    shell.out(over(drawnLines) + block);
    if (shell.isTty) drawnLines = block.split('\n').length;
  };
  while (!ended.aborted) {
    await draw();
    // Rejects when it is aborted; the loop's condition sees that.
    await delay(shell.isTty ? REDRAW_MS : LINE_MS, null, { signal: ended }).catch(() => {});
  }
  await draw();
}

function introduction({ url, adminKey }: Playground, flags: DemoFlags, command: string): string {
  const { speed = 1, ill } = flags;
  const [, candidate] = MODELS;
  const ask = (user: string): string =>
    `  curl -i $SLUICE_URL/v1/chat -H "Authorization: Bearer $SLUICE_ADMIN_KEY" \\\n    -d '{"user_id":"${user}","messages":[{"role":"user","content":"Hello"}]}'`;
  return [
    `Sluice runs on ${url} with two simulated models.`,
    ...(speed === 1
      ? []
      : [`Everything goes ${speed} times as fast as in real life, so times are that much shorter.`]),
    '',
    ...story(flags),
    '',
    'In another terminal, with the admin key:',
    `  export SLUICE_URL=${url} SLUICE_ADMIN_KEY=${adminKey}`,
    `  ${command} ${ill ? 'breakers' : `rollout status ${RELEASE_ID} --watch`}`,
    `User uid_123456 is in bucket 89, so X-Model-Used says ${candidate?.id} from 20 % on; alice, in`,
    'bucket 0, is among the last:',
    ask('uid_123456'),
    'Why is that, and how to take everyone back at once:',
    `  ${command} explain ${ROUTE} alice uid_123456`,
    `  ${command} ${ill ? `routes disable ${ROUTE}` : `rollout abort ${RELEASE_ID}`}`,
    '',
    `On route assistant experiment ${EXPERIMENT} compares two models. In truth the second completes 79 % of its tasks`,
    'instead of 63 %, is asked again 41 % less and talked to 1.2 rounds longer; after some minutes the report says so:',
    `  ${command} experiment report ${EXPERIMENT}`,
    '',
    'Simulated users are talking now; Ctrl-C stops everything.',
    '',
  ].join('\n');
}

/** What will be seen on the route of the support bot. */
function story({ bad, ill }: DemoFlags): string[] {
  const [stable, candidate] = MODELS;
  if (ill)
    return [
      `Route ${ROUTE} gives ${candidate?.id} 20 % of the users. After a minute it fails for a minute: its breaker opens,`,
      `${stable?.id} answers its users, and they notice nothing; then it comes back by itself.`,
    ];
  return [
    `Route ${ROUTE} gives everyone ${stable?.id}. ${candidate?.id} is being released: 5 %, 20 %, 50 %, then`,
    'everyone, by itself, in about three minutes.',
    bad
      ? 'It fails one request in five, so the release is aborted; its users notice nothing.'
      : 'It is healthy, so it becomes the stable model. With --bad it fails, and the release is aborted.',
  ];
}
