import {
  type AlertChannelAnswer,
  type AlertChannelDocument,
  AlertChannelInput,
  type AlertChannelPatch,
  completeChannel,
} from '../../contract/alert-channel.ts';
import { fieldsFault, invalid, notFound } from '../../contract/fault.ts';
import { validate } from '../../contract/validate.ts';
import { parseAddress } from '../../domain/network.ts';
import { targetProblem } from '../../domain/webhook-target.ts';
import type { Outcome } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { isMask, maskChannel, maskUrl } from '../mask.ts';
import type { ControlState, Versioned } from '../state.ts';

/** What the `alert_channels` verbs share. */
export function channelOf(state: ControlState, id: string): Versioned<AlertChannelDocument> {
  const found = state.alertChannels.get(id);
  if (!found) throw notFound('alert channel', id);
  return found;
}

export function answerChannel(state: ControlState, id: string): AlertChannelAnswer {
  const { document, version } = channelOf(state, id);
  return { ...maskChannel(document), version };
}

export function answerChannelChange({ state }: Outcome, id: string) {
  return { ...answerChannel(state, id), config_version: state.version };
}

/** A channel after a patch: named fields replace, those of `smtp` one by one. Throws AdminFault. */
export function patchChannel(document: AlertChannelDocument, patch: AlertChannelPatch): AlertChannelDocument {
  const { version: _v, managed_by: _m, config_version: _c, smtp, ...fields } = patch;
  const present = document.type === 'email' ? { smtp: { ...document.smtp, ...smtp } } : smtp && { smtp };
  const written = { ...document, ...fields, id: document.id, ...present };
  const checked = validate(AlertChannelInput, written);
  if (!checked.ok) throw fieldsFault(checked.errors);
  return unmask(completeChannel(checked.value), document);
}

/** Puts what is stored in the place of masks. Throws where a mask stands for nothing. */
export function unmask(
  written: AlertChannelDocument,
  present: AlertChannelDocument | null,
): AlertChannelDocument {
  const stored = (path: string, value: string | null, kept: string | null | undefined): string | null => {
    if (value === null || !isMask(value)) return value;
    if (kept !== null && kept !== undefined) return kept;
    throw invalid(path, 'is a mask, and nothing is stored that it could stand for; write the secret itself');
  };
  if (written.type === 'email') {
    const kept = present?.type === 'email' ? present.smtp.password : null;
    const { smtp } = written;
    return { ...written, smtp: { ...smtp, password: stored('smtp.password', smtp.password, kept) } };
  }
  const kept = present?.type === 'webhook' ? present : null;
  return {
    ...written,
    secret: stored('secret', written.secret, kept?.secret),
    url: urlOf(written.url, kept?.url),
  };
}

function urlOf(written: string, kept: string | undefined): string {
  if (kept !== undefined && written === maskUrl(kept)) return kept;
  if (!isMask(decodeURI(new URL(written).pathname).slice(1))) return written;
  throw invalid('url', 'is masked, and is not the mask of the stored one; write the whole URL');
}

/** Refuses now what no sending would be allowed to do: names are only looked up then. */
export function checkTarget({ door }: Pick<ControlCore, 'door'>, document: AlertChannelDocument): void {
  if (document.type !== 'webhook') return;
  const { hostname, protocol } = new URL(document.url);
  if (parseAddress(hostname) === null) return;
  const allowed = door.snapshot().settings.webhookNetworks;
  const problem = targetProblem([hostname], { isSecure: protocol === 'https:', allowed });
  if (problem !== null) throw invalid('url', problem);
}
