import { withoutEchoes } from '../domain/error-echo.ts';

/** What credentials look like in the words of others; the group is kept, the rest is not. */
const SECRETS: readonly RegExp[] = [
  /\b(Bearer |Basic )[\w.~+/=-]{4,}/gi,
  /\b((?:api[-_ ]?key|token|password|secret|cookie)[^\s:="']{0,20}["']?(?: provided)?\s?[:=]\s?["']?)[^\s"',;&]{4,}/gi,
  /\b(sk|gsk|hf|xai|nvapi|sluice)[-_][\w*.-]{6,}/gi,
  /\b([a-z][a-z+.-]*:\/\/)[^\s/@]+(?=@)/gi,
];

/** A message as it may stand in a log: no credential, and nothing that a server quotes of users and models. */
export function cleanText(text: string): string {
  return SECRETS.reduce((clean, secret) => clean.replace(secret, '$1…'), withoutEchoes(text));
}
