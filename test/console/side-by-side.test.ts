import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { consoleHand } from '../support/console-hand.ts';
import { buildConsole, openConsole, untilIndexed } from '../support/console-page.ts';
import { hostileTexts } from '../support/hostile-texts.ts';
import { indexed } from '../support/indexed.ts';
import { barriersOf, overflowOf } from '../support/page-faults.ts';
import { type ScriptUpstream, startScriptUpstream, wholeAnswer } from '../support/script-upstream.ts';
import { CANDIDATE, SPLIT_50_50, STABLE, startWorld, type World } from '../support/world.ts';

/** A browser on two shared cores. */
const PATIENCE_MS = 120_000;

let browser: Browser;
let world: World;
let upstream: ScriptUpstream;
beforeAll(async () => {
  buildConsole();
  upstream = await startScriptUpstream();
  const content = hostileTexts().slice(0, 40).join('\n');
  const answer = { message: { role: 'assistant', content }, done: true, done_reason: 'stop' };
  upstream.play(
    ({ socket }) => void socket.write(wholeAnswer('application/json', `${JSON.stringify(answer)}\n`)),
  );
  const shares = SPLIT_50_50;
  [browser, world] = await Promise.all([openBrowser(), startWorld({ upstreamUrl: upstream.url, shares })]);
  await untilIndexed(world.sluice.admin);
  for (let user = 0; user < 12; user += 1) await world.asker.ask({ door: 'chat', userId: `uid_${user}` });
  await indexed(world.sluice.admin);
}, PATIENCE_MS);
afterAll(async () => {
  await browser.close();
  await world.close();
  await upstream.close();
});

const QUESTION = 'Which of them would you rather read?';

it('compares two models’ answers by keys, wide and narrow, and shows hostile ones as text', {
  timeout: PATIENCE_MS,
}, async () => {
  const { page, troubles, signIn, close } = await openConsole(browser, { url: world.sluice.url });
  const hand = consoleHand(page, 'en-US');
  await page.addInitScript('window.hit = () => { document.title = "hit"; };');
  await signIn();
  await hand.goTo('nav.review');
  await page.getByText(hand.t('review.modes.side_by_side'), { exact: true }).click();
  await hand.field('routes.id').fill('pairs');
  await hand.choose('nav.models', STABLE);
  await page.locator('.ant-select-dropdown:visible').getByTitle(CANDIDATE, { exact: true }).click();
  await page.keyboard.press('Escape');
  await hand.field('review.size').fill('2');
  const question = page.getByRole('textbox', { name: hand.t('review.questionNumber', { number: 1 }) });
  expect(await question.inputValue()).toBe(hand.t('review.asked.preference'));
  await question.fill(QUESTION);
  await hand.press('review.draw');

  const rated = (mine: number) =>
    page.getByRole('progressbar', { name: hand.t('review.rated', { rated: mine, all: 4 }) }).waitFor();
  const side = (key: string) => page.getByRole('region', { name: hand.t(key), exact: true });
  await side('review.left').waitFor();
  expect(await side('review.left').innerText()).toContain('<script>');
  expect(await page.locator('.said :is(script, img, iframe, a, svg, style, form, video)').count()).toBe(0);
  expect(await page.title()).not.toBe('hit');
  const topOf = async (key: string) => Math.round((await side(key).boundingBox())?.y ?? -1);
  expect(await topOf('review.left')).toBe(await topOf('review.right'));
  expect(await barriersOf(page)).toEqual([]);

  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await rated(1);
  await page.keyboard.press('u');
  await rated(0);
  for (const [mine, key] of ['1', '2', '0'].entries()) {
    await rated(mine);
    await page.keyboard.press(key);
    await page.keyboard.press('Enter');
  }
  await rated(3);
  await page.setViewportSize({ width: 390, height: 860 });
  expect(await topOf('review.right')).toBeGreaterThan(await topOf('review.left'));
  expect(await overflowOf(page)).toBeLessThanOrEqual(0);
  expect(await barriersOf(page)).toEqual([]);
  await page.keyboard.press('s');
  await page.getByText(hand.t('review.done')).waitFor();

  await page.getByRole('tab', { name: hand.t('review.result') }).click();
  await page.getByText(hand.t('review.rated', { rated: 3, all: 4 })).waitFor();
  await page.getByText(QUESTION).first().waitFor();
  expect(await overflowOf(page)).toBeLessThanOrEqual(0);
  expect(await barriersOf(page)).toEqual([]);
  expect(troubles).toEqual([]);
  await close();
});
