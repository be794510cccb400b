import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { buildConsole, openConsole, untilIndexed } from '../support/console-page.ts';
import { STABLE, startWorld, type World } from '../support/world.ts';

/** A browser on two shared cores. */
const PATIENCE_MS = 180_000;
/** Charts and texts take their places. */
const SETTLING_MS = 400;

let browser: Browser;
let world: World;
beforeAll(async () => {
  buildConsole();
  [browser, world] = await Promise.all([openBrowser(), startWorld()]);
  await untilIndexed(world.sluice.admin);
}, PATIENCE_MS);
afterAll(async () => {
  await browser.close();
  await world.close();
});

/** Findings of axe that keep somebody out. */
async function barriersOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

describe('the console', () => {
  it(
    'lets somebody in with a key, stays in over a reload, and out',
    async () => {
      const { page, troubles, signIn, close } = await openConsole(browser, { url: world.sluice.url });
      await page.locator('input[type=password]').fill('nobody-has-this-key');
      await page.locator('button[type=submit]').click();
      await page.getByText('This key is not known.').waitFor();
      expect(troubles.splice(0)).toEqual([expect.stringContaining('401')]);
      await signIn();
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      expect(await page.evaluate('document.cookie')).toBe('');
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      expect(troubles).toEqual([]);
      await close();
    },
    PATIENCE_MS,
  );

  it.each([
    { language: 'zh-CN', scheme: 'light', width: 1280 },
    { language: 'en-US', scheme: 'dark', width: 390 },
  ] as const)(
    'shows every page without barrier or trouble: $language, $scheme, $width px',
    async (look) => {
      const { page, troubles, signIn, close } = await openConsole(browser, {
        url: world.sluice.url,
        ...look,
      });
      expect(await barriersOf(page)).toEqual([]);
      await signIn();
      for (const path of PAGES) {
        await page.goto(`${world.sluice.url}/console${path}`);
        await page.locator('#page h1').waitFor();
        await settled(page);
        expect([path, await barriersOf(page)]).toEqual([path, []]);
        expect([path, await overflowOf(page)]).toEqual([path, 0]);
      }
      expect(troubles).toEqual([]);
      await close();
    },
    PATIENCE_MS,
  );
});

const PAGES = [
  '/',
  '/models',
  '/models/new',
  `/models/${STABLE}`,
  '/routes',
  '/routes/support',
  '/rollouts',
  '/rollouts/new',
  '/experiments',
  '/experiments/new',
  '/conversations',
  '/conversations?view=requests',
  '/conversations?view=pivot',
  '/review',
  '/health',
  '/health?tab=alerts',
  '/health?tab=rules',
  '/health?tab=channels',
  '/playground',
  '/settings',
  '/settings?tab=general',
  '/audit',
];

/** Everything that was read is there; the stream of live events never ends, so the network is never idle. */
async function settled(page: Page): Promise<void> {
  await page.locator('.loading').first().waitFor({ state: 'detached' });
  await page.waitForTimeout(SETTLING_MS);
}

/** Pixels by which the page is wider than its window. */
function overflowOf(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - innerWidth');
}
