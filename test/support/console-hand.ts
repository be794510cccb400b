import type { Locator, Page } from 'playwright-core';
import en from '../../console/src/i18n/en.json' with { type: 'json' };
import zh from '../../console/src/i18n/zh-CN.json' with { type: 'json' };

const WORDS = { 'en-US': en, 'zh-CN': zh } as const;
export type Language = keyof typeof WORDS;

/** Somebody at the console who knows it by the words on it. */
export interface ConsoleHand {
  /** What the console says under a key of its words. */
  t(key: string, values?: Readonly<Record<string, string | number>>): string;
  /** To a page by the navigation. */
  goTo(page: string): Promise<void>;
  press(key: string): Promise<void>;
  /** A button, or a link on the page that looks like one. */
  button(key: string, inside?: Locator): Locator;
  field(key: string, inside?: Locator): Locator;
  choose(key: string, option: string, inside?: Locator): Promise<void>;
}

export function consoleHand(page: Page, language: Language): ConsoleHand {
  const t: ConsoleHand['t'] = (key, values = {}) => {
    const found = key
      .split('.')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], WORDS[language]);
    if (typeof found !== 'string') throw new Error(`the console has no word "${key}"`);
    return found.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]));
  };
  const main = page.getByRole('main');
  const button: ConsoleHand['button'] = (key, inside = main) => {
    const name = named(t(key));
    return inside.getByRole('button', { name }).or(inside.getByRole('link', { name }));
  };
  // A panel may have the name of the only field in it.
  const field: ConsoleHand['field'] = (key, inside = main) =>
    inside.getByLabel(t(key), { exact: true }).and(page.locator('input, textarea'));
  return {
    t,
    button,
    field,
    press: (key) => button(key).first().click(),
    async goTo(name) {
      await page
        .getByRole('navigation')
        .getByRole('link', { name: named(t(name)) })
        .click();
      await page.getByRole('heading', { level: 1, name: t(name), exact: true }).waitFor();
    },
    async choose(key, option, inside) {
      await field(key, inside).click();
      await page.locator('.ant-select-dropdown:visible').getByTitle(option, { exact: true }).click();
    },
  };
}

/** Buttons and links may have a sign before their words, and buttons a space between two Chinese characters. */
function named(words: string): RegExp {
  const literal = words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(^|\\s)${/^\p{Script=Han}{2}$/u.test(words) ? [...words].join('\\s?') : literal}$`, 'u');
}
