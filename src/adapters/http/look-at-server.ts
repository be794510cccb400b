import { request } from 'undici';
import type { Clock } from '../../ports/clock.ts';
import type { ServerAddress, ServerLook } from '../../ports/model-server.ts';

/** A model server on its way up answers a list within this, or it is not there. */
const LIMIT_MS = 4_000;
/** Enough for some thousand models; a stranger on that port must not fill our memory. */
const MAX_LIST_BYTES = 2 * 1024 * 1024;
const MAX_MODELS = 1_000;

type Listed = { readonly names: string[] } | { readonly error: string };

/** Asks a model server in the words of Ollama, then in those of OpenAI, which protocol it speaks and what it has. */
export function createServerLook({ clock, version }: { clock: Clock; version: string }): ServerLook {
  return async ({ baseUrl, apiKey }) => {
    const startedMs = clock.monotonicMs();
    const list = (url: string, member: string, name: string): Promise<Listed> =>
      listModels({ url, apiKey, version }, { member, name });
    const root = baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '');
    const done = (found: {
      protocol: 'ollama' | 'openai' | null;
      models: string[];
      error: string | null;
    }) => ({
      ...found,
      baseUrl: found.protocol === 'openai' ? `${root}/v1` : root,
      latencyMs: clock.monotonicMs() - startedMs,
    });
    const ollama = await list(`${root}/api/tags`, 'models', 'name');
    if ('names' in ollama) return done({ protocol: 'ollama', models: ollama.names, error: null });
    const openai = await list(`${root}/v1/models`, 'data', 'id');
    if ('names' in openai) return done({ protocol: 'openai', models: openai.names, error: null });
    return done({ protocol: null, models: [], error: openai.error });
  };
}

interface Asked extends Pick<ServerAddress, 'apiKey'> {
  readonly url: string;
  readonly version: string;
}

async function listModels(
  { url, apiKey, version }: Asked,
  { member, name }: { member: string; name: string },
): Promise<Listed> {
  try {
    // No redirect is followed: an admin named this address, nobody named where it may lead.
    const answer = await request(url, {
      headers: {
        'user-agent': `sluice/${version}`,
        ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
      },
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    let text = '';
    for await (const chunk of answer.body.setEncoding('utf8')) {
      text += chunk;
      if (text.length > MAX_LIST_BYTES) return { error: `${url} answers without end` };
    }
    if (answer.statusCode !== 200) return { error: `${url} answers with status ${answer.statusCode}` };
    return namesIn(JSON.parse(text), { member, name }) ?? { error: `${url} answers with no list of models` };
  } catch (error) {
    return { error: `${url}: ${error instanceof Error ? error.message || error.name : String(error)}` };
  }
}

function namesIn(body: unknown, { member, name }: { member: string; name: string }): Listed | null {
  const list = (body as Record<string, unknown> | null)?.[member];
  if (!Array.isArray(list)) return null;
  const names = list.map((model) => model?.[name]).filter((one) => typeof one === 'string');
  return { names: names.slice(0, MAX_MODELS) };
}
