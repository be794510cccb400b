import { badField } from './fields.ts';
import type { NeutralImage } from './neutral.ts';

/** How the base64 text of a picture begins, by format. */
const BEGINNINGS: readonly (readonly [begins: string, mediaType: string])[] = [
  ['/9j/', 'image/jpeg'],
  ['iVBORw0KGgo', 'image/png'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
];

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.+-]+)*;base64,/i;

/** Ollama gives the bytes alone; OpenAI's form also wants to know the format. */
export function imageFromBase64(base64: string): NeutralImage {
  const dataUrl = DATA_URL.exec(base64.slice(0, 200));
  if (dataUrl) return imageFromUrl(base64, 'images');
  const mediaType = BEGINNINGS.find(([begins]) => base64.startsWith(begins))?.[1] ?? 'image/png';
  return { kind: 'data', mediaType, base64 };
}

export function imageFromUrl(url: string, at: string): NeutralImage {
  const head = DATA_URL.exec(url.slice(0, 200));
  if (head) return { kind: 'data', mediaType: head[1] ?? 'image/png', base64: url.slice(head[0].length) };
  if (/^https?:\/\//i.test(url)) return { kind: 'url', url };
  throw badField(at, 'must be an http(s) address or a data: URL with base64 data');
}

export function imageUrl(image: NeutralImage): string {
  return image.kind === 'url' ? image.url : `data:${image.mediaType};base64,${image.base64}`;
}
