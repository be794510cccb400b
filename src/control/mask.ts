import { type MaskedModel, type ModelDocument, SECRET_MASK } from '../contract/model.ts';

/** Shorter secrets show nothing: four characters of twelve would be a third of it. */
const MIN_LENGTH_FOR_TAIL = 20;

/** How a stored secret looks in answers. */
export function maskSecret(secret: string | undefined): string | null {
  if (secret === undefined) return null;
  return SECRET_MASK + (secret.length >= MIN_LENGTH_FOR_TAIL ? secret.slice(-4) : '');
}

export function isMask(value: string): boolean {
  return value.startsWith(SECRET_MASK);
}

export function maskModel(document: ModelDocument, secrets: ReadonlyMap<string, string>): MaskedModel {
  return { ...document, api_key: maskSecret(secrets.get(document.id)) };
}
