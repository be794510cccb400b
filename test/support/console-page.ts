import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { AdminClient } from './admin-client.ts';
import { ADMIN_KEY } from './sluice.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the console where its sources are newer than what was built. Throws when that fails. */
export function buildConsole(): void {
  const done = spawnSync(process.execPath, ['tools/build-console.mjs', '--if-needed'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (done.status !== 0 || done.stderr.includes('could not be built')) throw new Error(done.stderr);
}

/** Until the index of requests answers; a browser notes each 503 of the time before. */
export async function untilIndexed(admin: AdminClient): Promise<void> {
  while ((await admin.must('GET', '/index')).state !== 'ready') await delay(INDEX_LOOK_MS);
}
const INDEX_LOOK_MS = 100;

export interface ConsolePage {
  readonly page: Page;
  /** Errors in the browser's console, faults of scripts, failed and refused requests, breaches of the policy. */
  readonly troubles: string[];
  signIn(key?: string): Promise<void>;
  close(): Promise<void>;
}

interface Opening {
  readonly url: string;
  readonly language?: 'en-US' | 'zh-CN';
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
}

/** The console in a window of its own, with everything noted that should not happen. */
export async function openConsole(browser: Browser, { url, ...look }: Opening): Promise<ConsolePage> {
  const { language = 'en-US', scheme = 'light', width = 1280 } = look;
  const context = await browser.newContext({
    locale: language,
    colorScheme: scheme,
    viewport: { width, height: 860 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('requestfailed', (request) => {
    // What a page no longer waits for when somebody goes on to the next is taken back.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') troubles.push(`failed: ${request.url()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) {
      troubles.push(`leaves the gateway: ${request.url()}`);
    }
  });
  await page.goto(`${url}/console/`);
  return {
    page,
    troubles,
    async signIn(key = ADMIN_KEY) {
      await page.locator('input[type=password]').fill(key);
      await page.locator('button[type=submit]').click();
      await page.locator('#page h1').waitFor();
    },
    close: () => context.close(),
  };
}
