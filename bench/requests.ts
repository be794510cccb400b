/** What a generated request looks like; the bytes are made once, before the clock starts. */
export interface RequestSpec {
  readonly protocol: 'openai' | 'ollama';
  /** Body of about 150 B (one question) or 50 KB (a long conversation). */
  readonly size: 'small' | 'large';
  readonly isStream: boolean;
  /** Sent with every request: credentials, and what one gateway alone needs. */
  readonly headers: Readonly<Record<string, string>>;
}

export const PATHS = { openai: '/v1/chat/completions', ollama: '/api/chat' } as const;
const LARGE_BYTES = 50_000;
/** Enough users to spread over every bucket; 64 of the large bodies are already 3 MB. */
const USERS = { small: 1000, large: 64 };
const TURN =
  'The parcel 4711 was handed over on Monday, says the tracking page, “but nobody here has seen it”.\nWhat happens next? 请问我的包裹现在在哪里？ ';

/** Ready HTTP/1.1 request bytes, one for each of many users; the user id is in `X-User-Id` for every gateway. */
export function buildRequests(spec: RequestSpec, port: number): Buffer[] {
  return Array.from({ length: USERS[spec.size] }, (_, index) => {
    const user = `user-${String(index).padStart(5, '0')}`;
    const body = Buffer.from(JSON.stringify(bodyOf(spec, index)));
    const headers = {
      Host: `127.0.0.1:${port}`,
      'Content-Type': 'application/json',
      'Content-Length': String(body.length),
      'X-User-Id': user,
      ...spec.headers,
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.concat([
      Buffer.from(`POST ${PATHS[spec.protocol]} HTTP/1.1\r\n${lines.join('')}\r\n`),
      body,
    ]);
  });
}

function bodyOf(spec: RequestSpec, index: number): unknown {
  const question = `Parcel ${100_000 + index} should have come on Monday. Where is it now, please?`;
  const messages = [...(spec.size === 'large' ? history() : []), { role: 'user', content: question }];
  return { model: `bench-${spec.protocol}`, stream: spec.isStream, messages };
}

/** Earlier turns, of about a kilobyte each, as clients resend them. */
function history(): { role: string; content: string }[] {
  const turn = TURN.repeat(6);
  const turns = Math.floor(LARGE_BYTES / Buffer.byteLength(JSON.stringify(turn)));
  return Array.from({ length: turns }, (_, index) => ({
    role: index === 0 ? 'system' : index % 2 === 1 ? 'user' : 'assistant',
    content: turn,
  }));
}
