import { asText, isRecord } from './fields.ts';
import type { UpstreamErrorInfo } from './wire.ts';

/** Longer messages are cut: they end in logs, alerts and clients. In characters. */
const MAX_MESSAGE = 2000;

/** Ollama wraps the error of its runner as JSON inside a string, at most a few times. */
const MAX_UNWRAP = 3;

/**
 * The error of a body that a model server, or a proxy before it, sent with a bad status: Ollama's string, OpenAI's
 * object, vLLM's and llama.cpp's with numeric codes, FastAPI's `detail`, plain text, an HTML page. Never fails.
 */
export function readUpstreamErrorBody(body: Buffer): UpstreamErrorInfo {
  const text = body.toString('utf8', 0, Math.min(body.length, 64 * 1024)).trim();
  if (text.startsWith('{') || text.startsWith('"')) {
    try {
      return readUpstreamError(JSON.parse(text));
    } catch {
      // not JSON after all: plain text
    }
  }
  return info(/^<[!?a-z]/i.test(text) ? htmlTitle(text) : text);
}

/** The same for JSON that is parsed: a whole body, an in-stream error frame, or the value of its `error`. */
export function readUpstreamError(json: unknown, unwrap = MAX_UNWRAP): UpstreamErrorInfo {
  if (typeof json === 'string') {
    const inner = unwrap > 0 && json.trimStart().startsWith('{') ? parsed(json) : null;
    return inner === null ? info(json) : readUpstreamError(inner, unwrap - 1);
  }
  if (!isRecord(json)) return info('');
  if (json.error !== undefined && json.error !== null) return readUpstreamError(json.error, unwrap);
  if (json.detail !== undefined) return info(detailText(json.detail));
  const type = asText(json.type);
  const code = asText(json.code) ?? (typeof json.code === 'number' ? String(json.code) : null);
  const message = asText(json.message);
  if (message === null) return info('', type, code);
  const inner = unwrap > 0 && message.trimStart().startsWith('{') ? parsed(message) : null;
  return inner === null ? info(message, type, code) : readUpstreamError(inner, unwrap - 1);
}

function info(message: string, type: string | null = null, code: string | null = null): UpstreamErrorInfo {
  return { message: cut(message) || 'the model server gave no reason', type, code };
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json : null;
  } catch {
    return null;
  }
}

/** FastAPI: a sentence, or a list of `{loc, msg}`. */
function detailText(detail: unknown): string {
  if (typeof detail === 'string') return detail;
  if (!Array.isArray(detail)) return JSON.stringify(detail);
  return detail
    .map((item: unknown) => {
      if (!isRecord(item)) return String(item);
      const where = Array.isArray(item.loc) ? `${item.loc.join('.')}: ` : '';
      return `${where}${asText(item.msg) ?? 'not valid'}`;
    })
    .join('; ');
}

/** The title of a page tells what nginx and its kin have to say; the rest is decoration. */
function htmlTitle(html: string): string {
  const title =
    /<title>([^<]{1,200})<\/title>/i.exec(html)?.[1] ?? /<h1>([^<]{1,200})<\/h1>/i.exec(html)?.[1];
  const server = /<center>(nginx[^<]{0,40})<\/center>/i.exec(html)?.[1];
  return `HTML page instead of an answer: ${title?.trim() ?? 'no title'}${server ? ` (${server})` : ''}`;
}

function cut(text: string): string {
  const clean = text.trim();
  return clean.length <= MAX_MESSAGE ? clean : `${clean.slice(0, MAX_MESSAGE)}…`;
}
