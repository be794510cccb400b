import type { AlertChannelDocument } from '../contract/alert-channel.ts';
import { type MaskedModel, type ModelDocument, SECRET_MASK } from '../contract/model.ts';

/** Shorter secrets show nothing: four characters of twelve would be a third of it. */
const MIN_LENGTH_FOR_TAIL = 20;

/** How a stored secret looks in answers. */
export function maskSecret(secret: string | null | undefined): string | null {
  if (secret === undefined || secret === null) return null;
  return SECRET_MASK + (secret.length >= MIN_LENGTH_FOR_TAIL ? secret.slice(-4) : '');
}

export function isMask(value: string): boolean {
  return value.startsWith(SECRET_MASK);
}

export function maskModel(document: ModelDocument, secrets: ReadonlyMap<string, string>): MaskedModel {
  return { ...document, api_key: maskSecret(secrets.get(document.id)) };
}

/** A channel without its secrets; the address of a webhook is one behind its origin. */
export function maskChannel(document: AlertChannelDocument): AlertChannelDocument {
  if (document.type === 'email') {
    const { smtp } = document;
    return { ...document, smtp: { ...smtp, password: maskSecret(smtp.password) } };
  }
  return { ...document, url: maskUrl(document.url), secret: maskSecret(document.secret) };
}

export function maskUrl(text: string): string {
  const { origin } = new URL(text);
  return `${origin}/${maskSecret(text.slice(origin.length))}`;
}
