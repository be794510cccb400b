import type { Warning } from '../contract/analysis.ts';
import type { Said } from '../domain/experiment/words.ts';

/** A warning in both languages: what was seen, and what to send or set instead. */
export function toldWarning(warning: Warning['warning'], message: Said, advice: Said) {
  return { warning, message: message.en, message_zh: message.zh, advice: advice.en, advice_zh: advice.zh };
}
