import { Fault } from '../fault.ts';
import type { ToolCallPiece } from './answer.ts';
import { isRecord } from './fields.ts';
import type { NeutralToolCall } from './neutral.ts';

/** Calls of one answer that are kept while their pieces arrive. */
const MAX_CALLS = 1024;
/** Argument text that is kept of one answer, in characters. */
const MAX_CHARS = 8 * 1024 * 1024;

export interface ToolCallAssembler {
  add(pieces: readonly ToolCallPiece[]): void;
  /**
   * The whole calls, in order. `isCut`: the answer was cut at its length limit, and a last call whose arguments are
   * not whole is left out. Throws Fault `upstream_error` for arguments that are no JSON object.
   */
  calls(isCut: boolean): readonly NeutralToolCall[];
}

/** Puts tool calls together from the pieces that OpenAI's streams send. */
export function toolCallAssembler(): ToolCallAssembler {
  const slots = new Map<number, { id: string | null; name: string; text: string }>();
  let last = -1;
  let chars = 0;
  return {
    add(pieces) {
      for (const { index, id, name, argumentsText } of pieces) {
        // A server that numbers nothing begins a call with its name.
        const at = index ?? (name || last === -1 ? last + 1 : last);
        chars += argumentsText.length;
        if (slots.size >= MAX_CALLS || chars > MAX_CHARS) continue;
        last = at;
        const slot = slots.get(at) ?? { id: null, name: '', text: '' };
        slots.set(at, {
          id: slot.id ?? id,
          name: slot.name || (name ?? ''),
          text: slot.text + argumentsText,
        });
      }
    },
    calls(isCut) {
      const calls: NeutralToolCall[] = [];
      for (const { id, name, text } of slots.values()) {
        const given = parsed(text);
        if (given !== null) calls.push({ id, name, arguments: given });
        else if (!isCut) {
          throw new Fault(
            'upstream_error',
            `the model's call of tool "${name}" has arguments that are no JSON object`,
          );
        }
      }
      return calls;
    },
  };
}

function parsed(text: string): NeutralToolCall['arguments'] | null {
  if (text.trim() === '') return {};
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json : null;
  } catch {
    return null;
  }
}
