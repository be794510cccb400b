import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { converse, REFUND_INTENT } from '../../sim/known-truth.ts';
import { type SimServer, startModelServer } from '../../sim/model-server.ts';
import { createRng } from '../../sim/rng.ts';
import { type SimUsers, startUsers } from '../../sim/users.ts';
import { openBrowser } from '../support/browser.ts';
import { type ConsoleHand, consoleHand, type Language } from '../support/console-hand.ts';
import { buildConsole, type ConsolePage, openConsole, untilIndexed } from '../support/console-page.ts';
import { crowd } from '../support/crowd.ts';
import { foreignSentences } from '../support/foreign-sentences.ts';
import { parseCsv } from '../support/parse-csv.ts';
import { startSluice, type TestSluice } from '../support/sluice.ts';

/** A browser on two shared cores. */
const PATIENCE_MS = 180_000;
const [STABLE, CANDIDATE] = ['qwen2-7b', 'qwen3-32b'];
const UPSTREAM: Readonly<Record<string, string>> = { [STABLE]: 'qwen2:7b', [CANDIDATE]: 'qwen3:32b' };
/** Buckets 0 and 89. */
const [ON_STABLE, ON_CANDIDATE] = ['alice', 'ivan'];
const QUESTION = 'Where is my order?';
const GUESTS = 100;
const GOOD = { completed: 0.9, followUps: 0.1, rounds: 3 };
const POOR = { completed: 0.4, followUps: 0.5, rounds: 3 };
const FIVE_FAILURES = /^(5 failures in a row|连续失败 5 次)$/;

let browser: Browser;
beforeAll(async () => {
  buildConsole();
  browser = await openBrowser();
}, PATIENCE_MS);
afterAll(() => browser.close());

describe.each<{ language: Language }>([{ language: 'en-US' }, { language: 'zh-CN' }])(
  'a release from the first sign-in to the last report, in $language',
  ({ language }) => {
    let sluice: TestSluice;
    let models: SimServer;
    let users: SimUsers | null = null;
    let open: ConsolePage;
    let page: Page;
    let hand: ConsoleHand;
    beforeAll(async () => {
      models = await startModelServer({
        port: 0,
        speed: Number.POSITIVE_INFINITY,
        models: Object.values(UPSTREAM).map((name) => ({ name, answerTokens: 8 })),
      });
      sluice = await startSluice({ rolloutTickMs: 500 });
      await untilIndexed(sluice.admin);
      await sluice.admin.must('PUT', '/intents', { intents: [REFUND_INTENT] });
      open = await openConsole(browser, { url: sluice.url, language });
      page = open.page;
      page.setDefaultTimeout(60_000);
      hand = consoleHand(page, language);
    }, PATIENCE_MS);
    afterAll(async () => {
      await users?.stop();
      await open.close();
      await sluice.close();
      await models.close();
    });

    const step = (name: string, run: () => Promise<void>): void =>
      it(
        name,
        async () => {
          await run();
          expect([await foreignSentences(page, language), open.troubles]).toEqual([[], []]);
        },
        PATIENCE_MS,
      );

    step('signs in', async () => {
      await hand.field('signIn.key').fill(sluice.adminKey);
      await hand.press('signIn.submit');
      await page.getByRole('heading', { level: 1, name: hand.t('nav.overview') }).waitFor();
    });

    step('registers two models, each with a real call', async () => {
      for (const [id, upstream] of Object.entries(UPSTREAM)) {
        await hand.goTo('nav.models');
        await hand.press('models.add');
        await hand.field('models.address').fill(models.url);
        await hand.press('wizard.look');
        await hand.choose('models.upstream', upstream);
        expect(await hand.field('wizard.id').inputValue()).toBe(id);
        await hand.press('wizard.register');
        await page.getByText(hand.t('wizard.registered', { id })).waitFor();
        await page.getByText(hand.t('check.stream')).waitFor();
      }
      expect(models.requests.filter(({ path }) => path === '/api/chat').length).toBeGreaterThanOrEqual(4);
    });

    step('shares the users out, 80 to 20', async () => {
      await hand.press('wizard.toRoutes');
      await hand.press('routes.add');
      await hand.field('routes.id').fill('support');
      await hand.field('routes.aliasList').fill('qwen2:7b');
      await page.keyboard.press('Enter');
      await hand.press('routes.create');
      await page.getByRole('heading', { level: 1, name: 'support' }).waitFor();
      expect(await weightOf(CANDIDATE).inputValue()).toBe('20.00');
      const names = page.getByRole('region', { name: hand.t('routes.names') });
      await hand.press('routes.addAudience');
      await hand.field('routes.audience').fill('beta');
      await hand.field('routes.markIs').fill('zoe');
      await page.keyboard.press('Enter');
      await hand.choose('common.model', CANDIDATE, names);
      await hand.button('routes.save', names).click();
      await expect
        .poll(async () => await sluice.admin.must('GET', '/routes/support'))
        .toMatchObject({ aliases: ['qwen2:7b'], audiences: [{ match: { user_ids: ['zoe'] } }] });
    });

    step('hears both models answer', async () => {
      await hand.goTo('nav.playground');
      expect(await answerTo(ON_STABLE)).toContain(STABLE);
      expect(await answerTo(ON_CANDIDATE)).toContain(CANDIDATE);
    });

    step('starts a rollout, and it advances', async () => {
      await hand.goTo('nav.routes');
      await page.getByRole('main').getByRole('link', { name: 'support' }).click();
      await weightOf(CANDIDATE).fill('0');
      await hand.press('routes.save');
      await expect
        .poll(async () => (await sluice.admin.must('GET', '/routes/support')).rules)
        .toMatchObject([{ weight: 100 }, { weight: 0 }]);
      users = startUsers({
        url: sluice.url,
        key: sluice.adminKey,
        count: 300,
        ratePerSecond: 40,
        thinkTimeMs: 50,
      });
      await hand.goTo('nav.rollouts');
      await hand.press('rollouts.add');
      await hand.field('routes.id').fill('june');
      await hand.choose('rollouts.route', 'support');
      await hand.choose('rollouts.candidate', CANDIDATE);
      await page.getByText(hand.t('rollouts.json'), { exact: true }).click();
      await hand.field('rollouts.plan').fill(JSON.stringify(STAGES));
      await page.getByText(hand.t('rollouts.own'), { exact: true }).click();
      expect(await hand.field('rollouts.hold').first().inputValue()).toBe('2s');
      await hand.field('rollouts.hold').first().fill('3s');
      await hand.press('rollouts.create');
      await page.getByRole('heading', { level: 1, name: 'june' }).waitFor();
      await hand.press('rollouts.start');
      await present().filter({ hasText: '20%' }).waitFor();
      await present().filter({ hasText: '50%' }).waitFor();
    });

    step('sees the candidate break: its breaker opens, its users are answered', async () => {
      models.setFaults([{ fault: 'status_500', model: 'qwen3:32b' }]);
      await hand.goTo('nav.overview');
      await page
        .getByRole('listitem')
        .filter({ hasText: `${CANDIDATE}: ${hand.t('breaker.OPEN')}` })
        .waitFor();
      await hand.goTo('nav.health');
      await page.getByRole('region', { name: CANDIDATE }).getByText(FIVE_FAILURES).first().waitFor();
      await hand.goTo('nav.playground');
      const said = await answerTo(ON_CANDIDATE);
      expect(said).toContain(STABLE);
      expect(said).toContain(`${CANDIDATE}: ${hand.t('fallback.open')}`);
    });

    step('aborts', async () => {
      await hand.goTo('nav.overview');
      const held = page.getByRole('listitem').filter({ hasText: hand.t('attention.held', { id: 'june' }) });
      await held.getByRole('link').click();
      await hand.press('rollouts.abort');
      await page.getByText(hand.t('rolloutStatus.aborted')).first().waitFor();
      models.setFaults([]);
      await hand.goTo('nav.health');
      const breaker = page.getByRole('region', { name: CANDIDATE });
      await hand.button('breaker.close', breaker).click();
      await breaker.getByText(hand.t('breaker.CLOSED')).first().waitFor();
      await users?.stop();
      users = null;
    });

    step('reads a conversation', async () => {
      await hand.goTo('nav.conversations');
      await hand.field('conversations.user').fill(ON_CANDIDATE);
      await hand.field('conversations.user').press('Enter');
      await page.getByRole('main').getByText(ON_CANDIDATE).first().click();
      await page.getByRole('heading', { level: 1, name: hand.t('conversation.title') }).waitFor();
      await page.getByText(QUESTION).waitFor();
      await page.getByRole('tab', { name: hand.t('conversation.why') }).click();
      const told = { model: STABLE, fallback: hand.t('fallback.open') };
      await page.getByText(hand.t('conversation.explainFallback', told)).waitFor();
    });

    step('exports', async () => {
      await hand.goTo('nav.conversations');
      await page.getByText(hand.t('conversations.requests'), { exact: true }).click();
      await page.getByText(hand.t('window.own'), { exact: true }).click();
      await page.getByLabel(hand.t('window.from')).fill('2025-01-01T00:00');
      const downloading = page.waitForEvent('download');
      await hand.press('conversations.export');
      const download = await downloading;
      const [head = [], ...rows] = parseCsv(await readFile(await download.path(), 'utf8'));
      expect(head.slice(0, 2)).toEqual(['time', 'request_id']);
      expect(rows.length).toBeGreaterThan(100);
    });

    step('rates ten answers', async () => {
      await hand.goTo('nav.review');
      await hand.field('routes.id').fill('june');
      await hand.choose('nav.models', STABLE);
      await page.locator('.ant-select-dropdown:visible').getByTitle(CANDIDATE, { exact: true }).click();
      await page.keyboard.press('Escape');
      await hand.field('review.size').fill('5');
      await hand.press('review.draw');
      for (let rated = 0; rated < 10; rated += 1) {
        await page.getByRole('progressbar', { name: hand.t('review.rated', { rated, all: 10 }) }).waitFor();
        await page.keyboard.press('y');
        await page.keyboard.press('y');
        await page.keyboard.press('n');
        await page.keyboard.press('Enter');
      }
      await page.getByText(hand.t('review.done')).waitFor();
      await page.getByRole('tab', { name: hand.t('review.result') }).click();
      await page.getByText(hand.t('review.rated', { rated: 10, all: 10 })).waitFor();
    });

    step('reads the report of an experiment', async () => {
      await hand.goTo('nav.experiments');
      await hand.press('experiments.add');
      await hand.field('routes.id').fill('which');
      await hand.choose('rollouts.route', 'support');
      await hand.choose('experiments.control', STABLE);
      await hand.choose('experiments.treatment', CANDIDATE);
      await hand.field('experiments.shareEach').fill('50');
      await hand.press('experiments.calculate');
      await page.getByText(hand.t('experiments.plan')).waitFor();
      await hand.press('experiments.create');
      await hand.press('experiments.start');
      await page.getByText(hand.t('experimentStatus.running')).waitFor();
      await talk();
      await hand.goTo('nav.overview');
      await hand.goTo('nav.experiments');
      await page.getByRole('main').getByRole('link', { name: 'which' }).click();
      await page
        .getByRole('region', { name: hand.t('experiments.effects') })
        .getByRole('img')
        .first()
        .waitFor();
    });

    step('finds every other page in order', async () => {
      for (const name of ['nav.settings', 'nav.audit', 'nav.models', 'nav.rollouts', 'nav.overview']) {
        await hand.goTo(name);
        expect([name, await foreignSentences(page, language)]).toEqual([name, []]);
      }
    });

    const weightOf = (model: string) => page.getByLabel(hand.t('routes.weight', { model }));
    const present = () => page.locator('[aria-current=step]');

    /** What stands below the answer to somebody. */
    async function answerTo(user: string): Promise<string> {
      await hand.field('playground.user').fill(user);
      const ends = page.locator('.turn-end');
      const before = await ends.count();
      await hand.field('playground.message').fill(QUESTION);
      await hand.press('playground.send');
      await ends.nth(before).waitFor();
      return ends.nth(before).innerText();
    }

    /** Guests of the experiment, whose truth is known. */
    async function talk(): Promise<void> {
      const agent = new Agent({ keepAlive: true, maxSockets: 16 });
      await crowd(GUESTS, 16, async (guest) => {
        const userId = `guest_${guest}`;
        const { url, adminKey: key } = sluice;
        const rng = createRng('story', userId);
        const truthOf = (model: string) => (model === CANDIDATE ? GOOD : POOR);
        await converse({ agent, url, key, route: 'support', userId, rng, truthOf });
      });
      agent.destroy();
    }
  },
);

const STAGES = [
  {
    weight: 20,
    hold: '2s',
    quiet: '500ms',
    gates: [{ metric: 'error_rate', op: '<', value: 0.2, min_samples: 10 }],
  },
  { weight: 50, hold: '1h', quiet: '500ms', gates: [] },
  { weight: 100, hold: '1h', quiet: '500ms', gates: [] },
];
