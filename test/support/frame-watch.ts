import type { Page } from 'playwright-core';

/** What a window did while it was watched. */
export interface FrameTimes {
  /** Between two frames, milliseconds. */
  readonly frames: readonly number[];
  /** Work that kept the window from answering, milliseconds each; the browser tells those above 50. */
  readonly pauses: readonly number[];
}

/** Notes every frame of a page, and every pause, while something is done in it. */
export async function watchFrames(page: Page, run: () => Promise<void>): Promise<FrameTimes> {
  await page.evaluate(`(() => {
    const seen = { frames: [], pauses: [], isOver: false };
    window.frameWatch = seen;
    let last = performance.now();
    const next = () => {
      const now = performance.now();
      seen.frames.push(now - last);
      last = now;
      if (!seen.isOver) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    seen.observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.pauses.push(duration);
    });
    seen.observer.observe({ type: 'longtask' });
  })()`);
  await run();
  return page.evaluate(`(() => {
    const seen = window.frameWatch;
    seen.isOver = true;
    seen.observer.disconnect();
    return { frames: seen.frames, pauses: seen.pauses };
  })()`);
}
