import { hash } from 'node:crypto';

const TAG_LENGTH = 8;
const TAGGED = /^(req|ses)_[0-9a-z]{34}$/;
/** Far more than one machine's credentials in use. */
const MAX_TAGS = 10_000;

const tags = new Map<string, string>();

/**
 * The last letters of every id that Sluice gives a request or session say which credential made it, so that feedback
 * can be taken from its maker alone, also after a restart. A tag is no secret: what counts is who presents it.
 */
export function tagOf(credentialId: string): string {
  const known = tags.get(credentialId);
  if (known !== undefined) return known;
  const tag = hash('sha256', `sluice request of ${credentialId}`, 'hex').slice(0, TAG_LENGTH);
  if (tags.size >= MAX_TAGS) tags.clear();
  tags.set(credentialId, tag);
  return tag;
}

/** True when Sluice made this id for this credential. */
export function isMadeFor(id: string, credentialId: string): boolean {
  return TAGGED.test(id) && id.endsWith(tagOf(credentialId));
}
