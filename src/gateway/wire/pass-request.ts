import type { Model } from '../../domain/config.ts';
import { badField, isRecord, type Json } from './fields.ts';
import { firstElement, scanObject } from './json-scan.ts';
import { roleOf } from './outline.ts';
import { type Edits, memberPatches, type Patch, patchedPieces, type SpannedObject } from './splice.ts';
import type { RawBody } from './wire.ts';

/** Sluice's own members; no model server gets them. */
export const OWN_FIELDS = ['user_id', 'session_id', 'model_id', 'route'] as const;

/** The edits that every pass-through makes: the upstream's name of the model in, Sluice's own members out. */
export function commonEdits(body: RawBody, model: Model): Map<string, string | null> {
  const edits = new Map<string, string | null>();
  if (body.json.model !== model.upstreamModel) edits.set('model', JSON.stringify(model.upstreamModel));
  for (const key of OWN_FIELDS) if (body.spans.has(key)) edits.set(key, null);
  return edits;
}

/** The body with top-level edits and patches from deeper inside made at once, in pieces. */
export function patchBody(body: RawBody, edits: Edits, deeper: readonly Patch[]): readonly Buffer[] {
  const own = edits.size === 0 ? [] : memberPatches(body, edits);
  return patchedPieces(body.bytes, deeper.length === 0 ? own : [...own, ...deeper]);
}

/**
 * Sets members of an object that is itself a top-level member, such as `options`: patches inside it when it is
 * there, else a new member among `edits`. Throws Fault when it holds a key twice.
 */
export function setInside(
  body: RawBody,
  key: string,
  members: ReadonlyMap<string, string>,
  edits: Map<string, string | null>,
): Patch[] {
  if (members.size === 0) return [];
  if (!isRecord(body.skim.json[key])) {
    const text = [...members].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',');
    edits.set(key, `{${text}}`);
    return [];
  }
  return memberPatches(nested(body, body.spans.get(key)?.start ?? 0, key), members);
}

/**
 * Puts a system prompt before the caller's: into the system message that opens the conversation, else as a new first
 * message. Never a second system message, because templates of some models refuse one.
 */
export function prependSystem(body: RawBody, prompt: string): Patch[] {
  const messages: unknown = body.skim.json.messages;
  const span = body.spans.get('messages');
  if (!Array.isArray(messages) || !span) return [];
  const at = firstElement(body.bytes.toString('latin1'), span.start);
  const first: unknown = messages[0];
  if (at === -1 || !isRecord(first)) return [];
  const role = roleOf(first, 0);
  if (role !== 'system' && role !== 'developer') {
    const message = JSON.stringify({ role: 'system', content: prompt });
    return [{ at, until: at, text: `${message},` }];
  }
  const object = nested(body, at, 'messages[0]');
  const content = object.spans.get('content');
  if (content && typeof first.content === 'string') {
    return [prependText(content.start, prompt, first.content === '' ? '' : '\n\n')];
  }
  if (content && Array.isArray(first.content)) {
    const part = JSON.stringify({ type: 'text', text: prompt });
    const inside = content.start + 1;
    return [{ at: inside, until: inside, text: first.content.length === 0 ? part : `${part},` }];
  }
  return memberPatches(object, new Map([['content', JSON.stringify(prompt)]]));
}

/** Puts a text before the one whose opening quote stands at `quote`. */
export function prependText(quote: number, text: string, glue: string): Patch {
  return { at: quote + 1, until: quote + 1, text: JSON.stringify(text + glue).slice(1, -1) };
}

/** Members of a model's options that the caller did not set himself. */
export function missingMembers(
  options: Json,
  given: Json,
  skip: (key: string) => boolean,
): [string, unknown][] {
  return Object.entries(options).filter(([key, value]) => {
    const isGiven = Object.hasOwn(given, key) && given[key] !== null;
    return !isGiven && value !== undefined && !skip(key);
  });
}

function nested(body: RawBody, open: number, name: string): SpannedObject {
  const scan = scanObject(body.bytes.toString('latin1'), open);
  if (scan.duplicate !== null) throw badField(`${name}.${scan.duplicate}`, 'is written twice; write it once');
  return scan;
}
