import { afterEach, describe, expect, it } from 'vitest';
import { ADMIN_KEY, type AdminRig, addModels, openAdminRig } from '../../../test/support/admin-rig.ts';

let rig: AdminRig | null = null;
afterEach(async () => {
  await rig?.close();
  rig = null;
});

/** The stream as a browser reads it. */
async function listen(url: string) {
  const stop = new AbortController();
  const answer = await fetch(`${url}/admin/v1/live`, {
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
    signal: stop.signal,
  });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  return { answer, next: async () => (await reader?.read())?.value ?? '', stop: () => stop.abort() };
}

describe('the live stream', () => {
  it('tells of each change, and leaves no audit entry', async () => {
    rig = await openAdminRig();
    const url = await rig.app.listen({ host: '127.0.0.1', port: 0 });
    const stream = await listen(url);
    expect(stream.answer.headers.get('content-type')).toContain('text/event-stream');
    expect(await stream.next()).toMatch(/^event: changed\ndata: \{"revision":1,"config_version":0\}\n\n$/);
    await addModels(rig, 'a');
    expect(await stream.next()).toContain('"revision":2,"config_version":1');
    stream.stop();
    expect((await rig.call('GET', '/audit')).body.items).toHaveLength(2);
  });

  it('needs a key that may look', async () => {
    rig = await openAdminRig();
    const { key } = (await rig.call('POST', '/keys', { name: 'bot', role: 'chat' })).body;
    const answer = await rig.call('GET', '/live', undefined, { authorization: `Bearer ${key}` });
    expect(answer.status).toBe(403);
  });
});
