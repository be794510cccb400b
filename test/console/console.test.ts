import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { buildConsole, openConsole, untilIndexed } from '../support/console-page.ts';
import { barriersOf, overflowOf } from '../support/page-faults.ts';
import { CANDIDATE, STABLE, startWorld, type World } from '../support/world.ts';

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

  it('says first what needs attention', { timeout: PATIENCE_MS }, async () => {
    const { page, troubles, signIn, close } = await openConsole(browser, { url: world.sluice.url });
    const said = { code: 'x', en: 'because it is so', zh: '原因' };
    const delivery = { channel_id: 'mail', state: 'waiting', attempts: 3, error: 'connection refused' };
    const answers: Readonly<Record<string, object>> = {
      '/alerts': {
        items: [
          {
            id: 'a',
            event: 'disk_low',
            model_id: null,
            opening: { reason: '1 GB is left' },
            deliveries: [delivery],
          },
        ],
      },
      '/alert-channels': { items: [{ id: 'mail' }, { id: 'hook' }] },
      '/experiments': { items: [{ id: 'which', status: 'running' }] },
      '/experiments/which/report': { experiment_id: 'which', health: [{ level: 'invalid', said }] },
      '/rollouts': {
        items: [
          { id: 'held', status: 'active', weight: 5, blocks: [{}], because: said },
          {
            id: 'june',
            status: 'active',
            weight: 20,
            candidate_model_id: CANDIDATE,
            blocks: [],
            because: said,
          },
        ],
      },
    };
    for (const [path, json] of Object.entries(answers)) {
      await page.route(
        ({ pathname }) => pathname === `/admin/v1${path}`,
        (route) => route.fulfill({ json }),
      );
    }
    await signIn();
    const findings = page.getByRole('region', { name: 'Needs attention' }).getByRole('listitem');
    await findings.nth(4).waitFor();
    expect(await findings.locator('.state').allInnerTexts()).toEqual([
      'Disk nearly full',
      'Channel mail does not deliver',
      'Experiment which is invalid',
      'Rollout held does not go on',
      `Rollout june: ${CANDIDATE} has 20%`,
    ]);
    expect(troubles).toEqual([]);
    await close();
  });

  it.each([
    { language: 'zh-CN', scheme: 'light', width: 1280 },
    { language: 'en-US', scheme: 'dark', width: 390 },
  ] as const)(
    'shows every page without barrier or trouble: $language, $scheme, $width px',
    async (look) => {
      const other = look.width === 390 ? LIGHT_WIDE : DARK_NARROW;
      const { page, troubles, signIn, close } = await openConsole(browser, {
        url: world.sluice.url,
        ...look,
      });
      expect(await barriersOf(page)).toEqual([]);
      await signIn();
      for (const [at, path] of PAGES.entries()) {
        await page.goto(`${world.sluice.url}/console${path}`);
        await page.locator('#page h1').waitFor();
        await settled(page);
        expect([path, await barriersOf(page)]).toEqual([path, []]);
        expect([path, await overflowOf(page)]).toEqual([path, 0]);
        if (at % 2 === Number(look.width === 390)) continue;
        await page.emulateMedia({ colorScheme: other.scheme });
        await page.setViewportSize({ width: other.width, height: 860 });
        await page.waitForTimeout(SETTLING_MS);
        expect([path, await barriersOf(page, LOOKS)]).toEqual([path, []]);
        expect([path, await overflowOf(page)]).toEqual([path, 0]);
        await page.emulateMedia({ colorScheme: look.scheme });
        await page.setViewportSize({ width: look.width, height: 860 });
      }
      expect(troubles).toEqual([]);
      await close();
    },
    PATIENCE_MS,
  );
});

const LIGHT_WIDE = { scheme: 'light', width: 1280 } as const;
const DARK_NARROW = { scheme: 'dark', width: 390 } as const;
/** What of axe hangs on colours and widths: of it each page is seen both ways, in one language or the other. */
const LOOKS = ['color-contrast', 'scrollable-region-focusable'];

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
