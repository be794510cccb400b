/** Enough for a thousand pulled models; a stranger on that port must not fill our memory. */
const MAX_LIST_BYTES = 2 * 1024 * 1024;

/** Names of the models that the Ollama at `baseUrl` has; null when none answers within `limitMs`. */
export async function findOllama(baseUrl: string, limitMs: number): Promise<string[] | null> {
  try {
    const response = await fetch(`${baseUrl}/api/tags`, { signal: AbortSignal.timeout(limitMs) });
    if (!response.ok || Number(response.headers.get('content-length') ?? 0) > MAX_LIST_BYTES) return null;
    const body: unknown = await response.json();
    if (typeof body !== 'object' || body === null || !('models' in body) || !Array.isArray(body.models)) {
      return null;
    }
    return body.models.flatMap((model: unknown) =>
      typeof model === 'object' && model !== null && 'name' in model && typeof model.name === 'string'
        ? [model.name]
        : [],
    );
  } catch {
    return null; // nobody there, too slow, or not an Ollama: all the same to a suggestion
  }
}
