import { AGAIN, CITIES, CLOSINGS, type Language, OPENINGS, THOUGHTS, TOPICS } from './phrases.ts';
import type { Rng } from './rng.ts';

const HAN = /\p{Script=Han}/u;
const HAN_ALL = /\p{Script=Han}/gu;
const FOLLOW_UP =
  /再说一遍|再说一次|没听懂|没看懂|say (that|it) again|once more|repeat (that|it)|didn't (get|understand)/i;
/** Sentences in one answer; above it an answer would only repeat itself. */
const MAX_SENTENCES = 40;

/** Any Chinese character makes a text Chinese: users mix English product names into Chinese questions. */
export function languageOf(text: string): Language {
  return HAN.test(text) ? 'zh' : 'en';
}

/** Tokens as a tokenizer of the Qwen family would count them, within some 20 %. */
export function countTokens(text: string): number {
  const han = text.match(HAN_ALL)?.length ?? 0;
  return Math.ceil(han / 1.6 + (text.length - han) / 4.2);
}

export function isFollowUp(text: string): boolean {
  return FOLLOW_UP.test(text);
}

export interface AnswerTextOptions {
  readonly question: string;
  /** The bot's answer before, repeated when the question is a follow-up. */
  readonly previous: string | null;
  /** Wanted length in tokens; the last sentence may go over it. */
  readonly tokens: number;
  readonly rng: Rng;
}

/** An answer of the support bot in the language of the question. */
export function answerText({ question, previous, tokens, rng }: AnswerTextOptions): string {
  const language = languageOf(question);
  if (previous !== null && isFollowUp(question)) return AGAIN[language] + previous;
  const sentences = topicOf(question)[language];
  const join = language === 'zh' ? '' : ' ';
  let text: string = rng.pick(OPENINGS[language]);
  const offset = rng.int(sentences.length);
  for (let i = 0; i < MAX_SENTENCES && (i === 0 || countTokens(text) < tokens); i++) {
    text += fillSlots(sentences[(offset + i) % sentences.length] ?? '', language, rng) + join;
  }
  return text + rng.pick(CLOSINGS[language]);
}

/** What a thinking model would say to itself before the answer. */
export function thinkingText(question: string, rng: Rng): string {
  const language = languageOf(question);
  const topic = topicOf(question).name;
  const some = THOUGHTS[language].slice(0, 2 + rng.int(2));
  return some.join('').replace('{topic}', topic);
}

/** The text that quotes a tool's result. */
export function toolResultText(question: string, result: string): string {
  const quoted = result.length > 400 ? `${result.slice(0, 400)}…` : result;
  return languageOf(question) === 'zh' ? `根据查询结果：${quoted}` : `According to the tool: ${quoted}`;
}

/** A city that the text names, or null. */
export function cityIn(text: string): string | null {
  const lower = text.toLowerCase();
  return [...CITIES.zh, ...CITIES.en].find((city) => lower.includes(city.toLowerCase())) ?? null;
}

/** Cuts a text into the pieces that a model would stream: about one token each, never inside a character. */
export function splitPieces(text: string): string[] {
  return text.match(/\p{Script=Han}{1,2}|\s*[\p{L}\p{N}]{1,8}|\s*[^\s\p{L}\p{N}]|\s+/gu) ?? [];
}

function topicOf(question: string): (typeof TOPICS)[number] {
  const topic = TOPICS.find(({ asks }) => asks.test(question)) ?? TOPICS.at(-1);
  if (!topic) throw new Error('the phrase book has no topics');
  return topic;
}

function fillSlots(sentence: string, language: Language, rng: Rng): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (_, slot: string) => {
    if (slot === 'order') return `SO-${100_000 + rng.int(900_000)}`;
    if (slot === 'amount') return `${10 + rng.int(990)}.${rng.int(10)}0`;
    if (slot === 'days') return String(2 + rng.int(6));
    if (slot === 'city') return rng.pick(CITIES[language]);
    const day = 1 + rng.int(28);
    return language === 'zh' ? `${1 + rng.int(12)}月${day}日` : `${day} June`;
  });
}
