// Takes the pictures of the console that the README and the guide show, in both languages, from a demo that has run for a
// while. The machine needs a font with Chinese characters (Debian: fonts-wqy-microhei).
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startPlayground } from '../src/app/demo/playground.ts';
import { openBrowser } from '../test/support/browser.ts';
import { buildConsole, openConsole } from '../test/support/console-page.ts';

const FOLDER = join(import.meta.dirname, '..', 'docs', 'images');
/** Until the candidate has fallen ill once and come back, at this speed. */
const SPEED = 4;
const RUN_MS = 50_000;
const SHOWN_MS = 3_000;
const PAGES = {
  overview: '/?window=5m',
  routing: '/routes/support',
  conversations: '/conversations',
  health: '/health',
};

buildConsole();
mkdirSync(FOLDER, { recursive: true });
const playground = await startPlayground({ port: 0, speed: SPEED, candidate: 'ill' });
const browser = await openBrowser();
await delay(RUN_MS);
for (const language of ['en-US', 'zh-CN'] as const) {
  const { page, signIn, close } = await openConsole(browser, { url: playground.url, language });
  await signIn(playground.adminKey);
  for (const [name, path] of Object.entries(PAGES)) {
    await page.goto(`${playground.url}/console${path}`);
    await page.locator('#page h1').waitFor();
    await page.locator('.loading').first().waitFor({ state: 'detached' });
    await delay(SHOWN_MS);
    await page.screenshot({
      path: join(FOLDER, `console-${name}.${language === 'en-US' ? 'en' : 'zh-CN'}.png`),
    });
  }
  await close();
}
await browser.close();
await playground.stop();
