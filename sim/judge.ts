import { isObject } from './schema-value.ts';

type Verdict = readonly [reason: string, completed: boolean | null];

/** What a judge would object to, in the order in which it would. */
const OBJECTIONS: readonly (readonly [says: RegExp, verdict: Verdict])[] = [
  [/^\s*$/, ['unclear', null]],
  [/抱歉|无法|不能|办不到|sorry|cannot|can't|unable/i, ['refused', false]],
  [/^[^.。!！]*[?？]\s*$/, ['asked_back', false]],
  [/稍后|一般来说|看情况|it depends|in general|later/i, ['vague', false]],
];

/**
 * The verdict of a judge on an answer, where a message quotes one: a line of JSON with `intent`, `question` and
 * `answer`. Null for any other message. The words alone decide, so that the same answer gets the same verdict.
 */
export function verdictOn(message: string): string | null {
  const answer = message
    .split('\n')
    .map(quotedAnswer)
    .find((found) => found !== null);
  if (answer === undefined || answer === null) return null;
  const [reason, completed] = OBJECTIONS.find(([says]) => says.test(answer))?.[1] ?? ['done', true];
  return JSON.stringify({ reason, completed });
}

function quotedAnswer(line: string): string | null {
  if (!line.startsWith('{')) return null;
  try {
    const json: unknown = JSON.parse(line);
    const isCase = isObject(json) && Object.keys(json).sort().join() === 'answer,intent,question';
    return isCase && typeof json.answer === 'string' ? json.answer : null;
  } catch {
    return null;
  }
}
