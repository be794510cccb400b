import { get } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { buildConsole, openConsole, untilIndexed } from '../support/console-page.ts';
import { watchFrames } from '../support/frame-watch.ts';
import { playMarkdown } from '../support/long-markdown.ts';
import { startScriptUpstream } from '../support/script-upstream.ts';
import { scrollPast, serveSessions } from '../support/session-crowd.ts';
import { startWorld } from '../support/world.ts';
import { atLeast, atMost, type Figure, percentile } from './figure.ts';

export interface ConsoleScale {
  readonly loads: number;
  /** Rows of the list that is scrolled. */
  readonly conversations: number;
  /** So many of them are there before it is watched, and so many more are scrolled past then. */
  readonly hurried: number;
  readonly scrolled: number;
  /** Of one answer in the playground. */
  readonly characters: number;
}

/** How fast the console comes and stays, in a real browser. */
export async function proveConsole(scale: ConsoleScale): Promise<Figure[]> {
  buildConsole();
  const upstream = await startScriptUpstream();
  const world = await startWorld({ upstreamUrl: upstream.url });
  const browser = await openBrowser();
  const { url, admin } = world.sluice;
  try {
    await untilIndexed(admin);
    upstream.play(({ socket }) => void playMarkdown(socket, scale.characters));
    return [
      ...(await firstPage(browser, url, scale.loads)),
      ...(await longList(browser, url, scale)),
      ...(await longAnswer(browser, url, scale.characters)),
    ];
  } finally {
    await browser.close();
    await world.close();
    await upstream.close();
  }
}

/** The overview in a browser that has nothing of it yet. */
async function firstPage(browser: Browser, url: string, loads: number): Promise<Figure[]> {
  const signedIn = await openConsole(browser, { url });
  await signedIn.signIn();
  const cookies = await signedIn.page.context().cookies();
  const files = await filesOf(signedIn.page, `${url}/console/`);
  await signedIn.close();
  const packed = await Promise.all(files.map(packedBytes));
  const usableMs: number[] = [];
  for (let load = 0; load < loads; load += 1) {
    const context = await browser.newContext();
    await context.addCookies(cookies);
    const page = await context.newPage();
    await page.goto(`${url}/console/`);
    await page.locator('#page h1').waitFor();
    await page.locator('.loading').first().waitFor({ state: 'detached' });
    usableMs.push(await page.evaluate('performance.now()'));
    await context.close();
  }
  return [
    atLeast('first pages, nothing kept of an earlier one', usableMs.length, loads),
    atMost('files of the first page, gzip', packed.reduce((sum, bytes) => sum + bytes, 0) / 1_000, 500, 'kB'),
    atMost('until the first page is usable, p50', percentile(usableMs, 0.5), 1_500, 'ms'),
    atMost('until the first page is usable, slowest', Math.max(...usableMs), 1_500, 'ms'),
  ];
}

/** Everything that the page is made of, from sign-in to the overview. */
function filesOf(page: Page, below: string): Promise<string[]> {
  return page.evaluate(
    `[location.href, ...performance.getEntriesByType('resource').map(({ name }) => name)].filter((name) => name.startsWith('${below}'))`,
  );
}

async function packedBytes(address: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  get(address, { headers: { 'accept-encoding': 'gzip' } }, (answer) => {
    let bytes = 0;
    answer.on('data', (piece: Buffer) => {
      bytes += piece.length;
    });
    answer.on('end', () => resolve(bytes));
  }).on('error', reject);
  return promise;
}

/** The list is read page by page as it is scrolled, as fast as somebody can who holds the key down. */
async function longList(browser: Browser, url: string, scale: ConsoleScale): Promise<Figure[]> {
  const { page, signIn, close, troubles } = await openConsole(browser, { url });
  const { conversations: count, hurried, scrolled } = scale;
  const served = await serveSessions(page, { count, hurried });
  await signIn();
  await page.goto(`${url}/console/conversations`);
  await page.getByText('uid_0', { exact: true }).waitFor();
  await scrollPast(page, hurried, AT_ONCE_PX);
  const { pauses } = await watchFrames(page, () => scrollPast(page, hurried + scrolled, HELD_KEY_PX));
  await close();
  return [
    atLeast('of them read and scrolled past', served(), hurried + scrolled),
    atMost('longest pause while scrolling', Math.max(0, ...pauses), 50, 'ms'),
    atMost('troubles in the list', troubles.length, 0),
  ];
}

const AT_ONCE_PX = 1_000_000_000;
/** A frame: most of a window's height. */
const HELD_KEY_PX = 500;

/** An answer in Markdown streams in as fast as the window takes it. */
async function longAnswer(browser: Browser, url: string, characters: number): Promise<Figure[]> {
  const { page, signIn, close, troubles } = await openConsole(browser, { url });
  await signIn();
  await page.goto(`${url}/console/playground`);
  const { frames, pauses } = await watchFrames(page, async () => {
    await page.getByRole('textbox', { name: 'Message' }).fill('Tell me everything.');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.turn-end').waitFor({ timeout: ANSWER_MS });
  });
  const shown = await page.locator('.markdown').evaluate(({ textContent }) => textContent?.length ?? 0);
  await close();
  return [
    atLeast('characters of one answer shown', shown, characters * 0.9),
    atMost('frames while it streams, p95', percentile(frames, 0.95), 50, 'ms'),
    atMost('pauses over 50 ms among all frames', (pauses.length / frames.length) * 100, 5, '%'),
    atMost('troubles in the playground', troubles.length, 0),
  ];
}
const ANSWER_MS = 60_000;
