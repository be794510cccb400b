import { useState } from 'react';
import type { ProblemError } from '../api/problem.ts';
import type { LineFault } from './json-field.tsx';
import { jsonFault, lineOf, linesOf } from './json-lines.ts';

/** A document as text to edit. `fields` spreads into a `JsonField`. */
export interface JsonText {
  readonly fields: {
    readonly value: string;
    readonly faults: readonly LineFault[];
    onChange(text: string): void;
  };
  readonly isJson: boolean;
  /** Throws where the text is no JSON. */
  parsed(): unknown;
  /** Shows what the API refused at its lines; what names no field stands at the first. */
  refuse(error: ProblemError): void;
}

/**
 * Keeps the text of a document and its faults: of JSON while it is written, of the API once it is refused.
 * @param under name of the document in what is sent: the API's paths begin with it. '' where the document is all.
 */
export function useJsonText(document: unknown, under: string): JsonText {
  const [text, setText] = useState(() => JSON.stringify(document, null, 2));
  const [refused, setRefused] = useState<readonly LineFault[]>([]);
  const fault = jsonFault(text);
  return {
    fields: {
      value: text,
      faults: fault ? [fault] : refused,
      onChange(next) {
        setText(next);
        setRefused([]);
      },
    },
    isJson: fault === null,
    parsed: () => JSON.parse(text),
    refuse(error) {
      const lines = linesOf(text);
      const faults = error.fields
        .filter(({ path }) => path.startsWith(under))
        .map(({ path, message }) => {
          const inside = path.slice(under.length);
          return { line: lineOf(lines, inside), message: inside === '' ? message : `${inside}: ${message}` };
        });
      setRefused(error.fields.length === 0 ? [{ line: 1, message: error.message }] : faults);
    },
  };
}
