import type { Page } from 'playwright-core';
import type { SessionItem } from '../../src/contract/analysis.ts';

const BEGAN_MS = 1_750_000_000_000;

function sessionAt(index: number): SessionItem {
  return {
    session_instance: `ses_${index}`,
    session_id: `chat-${index}`,
    user_id: `uid_${index}`,
    model_id: 'qwen2-7b-stable',
    route_id: 'support',
    started_at: new Date(BEGAN_MS - index * 1_000).toISOString(),
    stay_ms: 1_000 + (index % 60_000),
    rounds: 1 + (index % 7),
    completed: index % 3 === 0,
    abandoned: index % 5 === 0,
    ended_by: 'idle',
    follow_ups: index % 2,
    intent: null,
    task_completed: null,
    judged_by: null,
    judge_model_id: null,
    judge_reason: null,
    errors: 0,
    latency_mean_ms: 800,
    is_mixed: false,
  };
}

export interface SessionCrowd {
  readonly count: number;
  /** So many of them come in large pieces, so that a page has them soon; the others as the API gives them. */
  readonly hurried: number;
}

/** Lets a page find so many conversations, page by page. Tells how many it has asked for. */
export async function serveSessions(page: Page, { count, hurried }: SessionCrowd): Promise<() => number> {
  let served = 0;
  await page.route(
    ({ pathname }) => pathname === '/admin/v1/sessions',
    (route) => {
      const query = new URL(route.request().url()).searchParams;
      const from = Number(query.get('cursor') ?? 0);
      const to =
        from < hurried
          ? Math.min(hurried, from + HURRIED_PAGE)
          : Math.min(count, from + Number(query.get('limit')));
      served = Math.max(served, to);
      const items = Array.from({ length: to - from }, (_, at) => sessionAt(from + at));
      return route.fulfill({ json: { items, next_cursor: to === count ? null : String(to) } });
    },
  );
  return () => served;
}
const HURRIED_PAGE = 25_000;

/** Scrolls the list down, so many pixels a frame, past so many conversations. */
export function scrollPast(page: Page, conversations: number, stepPx: number): Promise<void> {
  return page.evaluate(`new Promise((resolve) => {
    const box = document.querySelector('.endless');
    const height = document.querySelector('.endless tbody tr').offsetHeight;
    const step = () => {
      if (box.scrollTop >= (${conversations} - 50) * height) return resolve();
      box.scrollTop += ${stepPx};
      requestAnimationFrame(step);
    };
    step();
  })`);
}
