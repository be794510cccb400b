// Takes the pictures of the console that the README and the guide show, in both languages, from a demo that has run for a
// while. The machine needs a font with Chinese characters (Debian: fonts-wqy-microhei).
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { EXPERIMENT } from '../src/app/demo/comparison.ts';
import { type CandidateHealth, type Playground, startPlayground } from '../src/app/demo/playground.ts';
import { RELEASE_ID } from '../src/app/demo/release.ts';
import { openBrowser } from '../test/support/browser.ts';
import { buildConsole, openConsole } from '../test/support/console-page.ts';

const FOLDER = join(import.meta.dirname, '..', 'docs', 'images');
/** Until the candidate has fallen ill once and come back, at this speed. */
const ILL_RUN_MS = 50_000;
/** A look at a release, and the most of them. */
const [LOOK_MS, MAX_LOOKS] = [500, 400];
/** The third stage: some are done, one is under way, one is ahead. */
const SHOWN_STAGE = 2;
const SHOWN_MS = 3_000;

interface Take {
  readonly candidate: CandidateHealth;
  readonly speed: number;
  /** Until the demo has something to show. */
  ready(playground: Playground): Promise<unknown>;
  /** By the names of their pictures. */
  readonly pages: Readonly<Record<string, string>>;
}

const TAKES: readonly Take[] = [
  {
    candidate: 'good',
    speed: 2,
    ready: untilStage,
    pages: { rollout: `/rollouts/${RELEASE_ID}` },
  },
  {
    candidate: 'ill',
    speed: 4,
    ready: () => delay(ILL_RUN_MS),
    pages: {
      overview: '/?window=5m',
      routing: '/routes/support',
      experiment: `/experiments/${EXPERIMENT}`,
      conversations: '/conversations',
      health: '/health',
    },
  },
];

async function untilStage(playground: Playground): Promise<void> {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    if (((await playground.rollout())?.stage ?? 0) >= SHOWN_STAGE) return;
    await delay(LOOK_MS);
  }
  throw new Error(`the release did not come to stage ${SHOWN_STAGE}`);
}

async function shoot(browser: Browser, { url, adminKey }: Playground, pages: Take['pages']): Promise<void> {
  for (const language of ['en-US', 'zh-CN'] as const) {
    const { page, signIn, close } = await openConsole(browser, { url, language });
    await signIn(adminKey);
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(`${url}/console${path}`);
      await page.locator('#page h1').waitFor();
      await page.locator('.loading').first().waitFor({ state: 'detached' });
      await delay(SHOWN_MS);
      const file = `console-${name}.${language === 'en-US' ? 'en' : 'zh-CN'}.png`;
      await page.screenshot({ path: join(FOLDER, file) });
    }
    await close();
  }
}

buildConsole();
mkdirSync(FOLDER, { recursive: true });
const browser = await openBrowser();
for (const { candidate, speed, ready, pages } of TAKES) {
  const playground = await startPlayground({ port: 0, speed, candidate });
  await ready(playground);
  await shoot(browser, playground, pages);
  await playground.stop();
}
await browser.close();
