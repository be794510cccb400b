import { checkContact } from './check-contact.ts';
import { checkModel } from './check-model.ts';
import { checkTalk } from './check-talk.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';

/** Everything that the facts about one model show. Pure: the same facts, the same findings. */
export function examine(facts: Facts): Finding[] {
  const contact = checkContact(facts);
  if (contact.level === 'broken') return [contact];
  const model = checkModel(facts);
  // A model that is not there is asked nothing, so nothing else can be said of it.
  return [contact, ...model, ...(model.some(({ level }) => level === 'broken') ? [] : checkTalk(facts))];
}
