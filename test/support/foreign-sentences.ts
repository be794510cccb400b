import type { Page } from 'playwright-core';
import type { Language } from './console-hand.ts';

/**
 * What a Chinese page says in English: three words of it and more. What people, models and programs wrote is theirs, and
 * so are the questions of a review.
 */
export async function foreignSentences(page: Page, language: Language): Promise<string[]> {
  if (language === 'en-US') return [];
  return page.evaluate(`(() => {
    const walker = document.createTreeWalker(document.getElementById('page'), NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const { data, parentElement } = walker.currentNode;
      if (parentElement.closest('code, pre, textarea, style, .said, .markdown')) continue;
      if (/[a-z]+([ ,;]+[a-z]+){2,}/i.test(data) && !data.endsWith('?')) found.push(data);
    }
    return found;
  })()`);
}
