import type { ServerQuestion, ServerReport } from '../../contract/model-server.ts';
import type { ControlCore } from '../core.ts';

/** Asks an address which protocol it speaks and which models it has. */
export async function lookAtServer(
  { lookAtServer: look }: ControlCore,
  question: ServerQuestion,
): Promise<ServerReport> {
  const found = await look({ baseUrl: question.base_url, apiKey: question.api_key ?? null });
  return {
    base_url: found.baseUrl,
    protocol: found.protocol,
    models: [...found.models],
    latency_ms: Math.round(found.latencyMs),
    error: found.error,
  };
}
