import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { buildConsole, openConsole, untilIndexed } from '../support/console-page.ts';
import { hostileTexts } from '../support/hostile-texts.ts';
import { parseCsv } from '../support/parse-csv.ts';
import { NDJSON, type ScriptUpstream, startScriptUpstream, wholeAnswer } from '../support/script-upstream.ts';
import { CANDIDATE, STABLE, startWorld, type World } from '../support/world.ts';

/** A browser on two shared cores. */
const PATIENCE_MS = 180_000;
const TEXTS = hostileTexts();

let browser: Browser;
let world: World;
let upstream: ScriptUpstream;
beforeAll(async () => {
  buildConsole();
  upstream = await startScriptUpstream();
  upstream.play(({ socket }) => {
    const end = { message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop' };
    const lines = [
      ...TEXTS.map((text) => ({ message: { role: 'assistant', content: `${text}\n\n` }, done: false })),
      end,
    ];
    socket.write(wholeAnswer(NDJSON, lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
  });
  [browser, world] = await Promise.all([openBrowser(), startWorld({ upstreamUrl: upstream.url })]);
  await untilIndexed(world.sluice.admin);
}, PATIENCE_MS);
afterAll(async () => {
  await browser.close();
  await world.close();
  await upstream.close();
});

it(`shows ${TEXTS.length} hostile texts as text: none runs, none loads`, async () => {
  expect(TEXTS.length).toBeGreaterThanOrEqual(300);
  const { page, troubles, signIn, close } = await openConsole(browser, { url: world.sluice.url });
  await page.evaluate('window.hit = () => { document.title = "hit"; }');
  await page.addInitScript('window.hit = () => { document.title = "hit"; };');
  await signIn();
  const heard = await page.goto(`${world.sluice.url}/console/playground`);
  expect(heard?.headers()['content-security-policy']).toContain("script-src 'self'");
  await page.getByRole('textbox', { name: 'Message' }).fill('<img src=http://evil.test/y onerror=hit()>');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('.turn-end').waitFor({ timeout: PATIENCE_MS });
  expect(await page.locator('.markdown').innerText()).toContain('<script>hit()</script>');
  expect(await page.locator('.markdown .hidden-sign').count()).toBeGreaterThan(10);

  await expect
    .poll(async () => (await world.sluice.admin.must('GET', '/sessions')).items, { timeout: 20_000 })
    .toHaveLength(1);
  await page.goto(`${world.sluice.url}/console/conversations`);
  await page.getByRole('table').getByRole('link').first().click();
  await page.locator('.said').first().waitFor();
  expect(await page.locator('.talk').innerText()).toContain('onerror=hit()');
  for (const place of ['.talk', '.markdown']) {
    expect(await page.locator(`${place} :is(script, img, iframe, a, svg, style, form, video)`).count()).toBe(
      0,
    );
  }
  await world.sluice.admin.must('POST', '/reviews', {
    id: 'hostile',
    model_ids: [STABLE, CANDIDATE],
    sample_size: 1,
  });
  await page.goto(`${world.sluice.url}/console/review/hostile`);
  await page.locator('.rated').waitFor();
  expect(await page.locator('.rated').innerText()).toContain('<script>hit()</script>');
  expect(await page.locator(`.talk :is(script, img, iframe, a, svg, style, form, video)`).count()).toBe(0);
  expect(await page.title()).not.toBe('hit');
  expect(troubles).toEqual([]);
  await close();
}, 180_000);

it('exports texts and names as text: no cell can start a formula', { timeout: 60_000 }, async () => {
  const formulas = ['=cmd|"/C calc"!A0', '+1+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '＝1'];
  for (const text of formulas) {
    const { status } = await world.asker.ask({ door: 'chat', stream: true, userId: text, content: text });
    expect(status).toBe(200);
  }
  const address = `${world.sluice.url}/admin/v1/export/requests.csv?text=true`;
  const answer = await fetch(address, { headers: { 'x-api-key': world.sluice.adminKey } });
  const [head = [], ...rows] = parseCsv(Buffer.from(await answer.arrayBuffer()).toString());
  const users = rows.map((row) => row[head.indexOf('user_id')] ?? '');
  for (const text of formulas) expect(users.some((user) => user.endsWith(text.trim()))).toBe(true);
  expect(rows.flat().filter((cell) => /^[=+\-@\t\r\n＝＋－＠]/.test(cell))).toEqual([]);
});
