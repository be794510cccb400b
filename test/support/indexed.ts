import { setTimeout as delay } from 'node:timers/promises';
import type { AdminClient } from './admin-client.ts';

/** The requests in the index, once it is whole. */
export async function indexed(admin: AdminClient): Promise<number> {
  for (let tries = 0; tries < 300; tries += 1) {
    const { state, requests, lag_bytes: lag } = await admin.must('GET', '/index');
    if (state === 'ready' && lag === 0) return Number(requests);
    await delay(50);
  }
  throw new Error('the index never was whole');
}
