import type { Upstream, UpstreamCall } from '../../src/ports/upstream.ts';

/** What a sink heard of one call. */
export interface Seen {
  status: number;
  contentType: string;
  retryAfter: string | null;
  text: string;
  outcome: string;
  message: string;
}

/** Makes one call through the port and waits for its end. */
export function call(port: Upstream, baseUrl: string, more: Partial<UpstreamCall> = {}): Promise<Seen> {
  const seen: Seen = { status: 0, contentType: '', retryAfter: null, text: '', outcome: '', message: '' };
  return new Promise((resolve) => {
    const whole = {
      baseUrl,
      path: '/api/chat',
      method: 'POST',
      headers: [],
      body: [Buffer.from('{}')],
      connectTimeoutMs: 2_000,
    } as const;
    port.send(
      { ...whole, ...more },
      {
        head(status, contentType, retryAfter) {
          Object.assign(seen, { status, contentType, retryAfter });
        },
        data(chunk) {
          seen.text += chunk;
        },
        end() {
          resolve({ ...seen, outcome: 'end' });
        },
        fail(kind, message) {
          resolve({ ...seen, outcome: kind, message });
        },
      },
    );
  });
}
