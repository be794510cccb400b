import { type Contact, type Facts, isFromNginx, type Talk } from './facts.ts';
import type { Finding } from './finding.ts';
import { knownTrouble } from './log-patterns.ts';

/** Longer than this and people think that nothing happens. */
const SLOW_FIRST_TOKEN_MS = 15_000;
/** An answer that took this long to write, and still comes in bursts, was held back on its way. */
const WRITING_WORTH_STREAMING_MS = 500;
const SAME_BURST_MS = 5;
const PIECES_OF_A_BURST = 4;
const FEW_PIECES = 8;

/** What one streamed question showed: refusals of a proxy, the model server's own errors, speed, held-back frames. */
export function checkTalk(facts: Facts): Finding[] {
  const model = facts.subject.id ?? facts.subject.upstreamModel;
  const limit = facts.largeBody === null ? null : checkBodyLimit(facts.largeBody, model);
  const { talk } = facts;
  if (talk === null) return limit === null ? [] : [limit];
  const refused = checkRefusal(talk, model);
  if (refused) return limit === null ? [refused] : [refused, limit];
  return [checkFirstToken(talk, model), checkBuffering(talk, model), limit].filter(
    (finding) => finding !== null,
  );
}

function checkBodyLimit(contact: Contact, model: string | null): Finding | null {
  if (contact.kind !== 'answer' || contact.status !== 413) return null;
  const nginx = isFromNginx(contact);
  return {
    check: 'body_limit',
    level: 'warn',
    model,
    what: `${nginx ? 'nginx' : 'a proxy'} before the model server refuses bodies that Sluice accepts (413)`,
    why: nginx
      ? 'its limit is 1 MB unless it is told otherwise; pictures and long histories are larger'
      : null,
    command: nginx ? 'client_max_body_size 32m;' : null,
  };
}

/** The finding about an answer that did not come, or came as an error; null when the model answered. */
function checkRefusal(talk: Talk, model: string | null): Finding | null {
  const { contact } = talk;
  const broken = { level: 'broken' as const, model };
  if (contact.kind === 'none') {
    if (contact.code === 'TIMEOUT') {
      return {
        ...broken,
        check: 'first_token',
        what: `no answer within ${seconds(talk.totalMs)}`,
        why: 'the model is still loading, or the model server hangs; its log tells which',
        command: 'sluice doctor --ollama-log FILE',
      };
    }
    const why = 'the model server, or a proxy before it, cut the connection';
    return { ...broken, check: 'answer', what: `the connection broke (${contact.code})`, why, command: null };
  }
  if (isFromNginx(contact) && contact.status === 504) {
    return {
      ...broken,
      check: 'nginx_timeout',
      what: `nginx gave up after ${seconds(talk.totalMs)} (504)`,
      why: 'it waits 60 s between two reads unless it is told otherwise; a model that loads or thinks needs longer',
      command: 'proxy_read_timeout 3600s;',
    };
  }
  if (isFromNginx(contact) && contact.status === 413) return checkBodyLimit(contact, model);
  if (contact.status !== 200) return errorFinding(`${contact.status}: ${contact.text}`, 'answer', model);
  if (talk.error !== null) return errorFinding(talk.error, 'answer', model);
  if (talk.isComplete) return null;
  return {
    ...broken,
    check: 'truncated',
    what: 'the answer ended without its end marker',
    why: 'the model server stopped in the middle, or a proxy cut the stream',
    command: 'sluice doctor --ollama-log FILE',
  };
}

/** An error in the model server's own words, with the cure when the words are known. */
function errorFinding(text: string, check: string, model: string | null): Finding {
  const known = knownTrouble(text);
  const what = `the model server answers ${text.replace(/\s+/g, ' ').slice(0, 300)}`;
  if (known)
    return { check: known.check, level: 'broken', model, what, why: known.why, command: known.command };
  return { check, level: 'broken', model, what, why: null, command: 'sluice doctor --ollama-log FILE' };
}

function checkFirstToken(talk: Talk, model: string | null): Finding | null {
  const [firstMs] = talk.pieceMs;
  if (firstMs === undefined) return null;
  const finding = { check: 'first_token', model };
  const cold = talk.wasLoaded === false ? ', loading the model included' : '';
  const what = `first token after ${seconds(firstMs)}${cold}`;
  if (firstMs <= SLOW_FIRST_TOKEN_MS) return { ...finding, level: 'ok', what, why: null, command: null };
  if (talk.wasLoaded === false) {
    const why = 'Ollama unloads a model after five idle minutes, and the next user waits for the load';
    return { ...finding, level: 'warn', what, why, command: 'OLLAMA_KEEP_ALIVE=-1 ollama serve' };
  }
  const why = 'the model was loaded, so it waits for other requests, or computes on the CPU';
  return { ...finding, level: 'warn', what, why, command: 'ollama ps' };
}

function checkBuffering(talk: Talk, model: string | null): Finding | null {
  const { pieceMs } = talk;
  const [firstMs] = pieceMs;
  const lastMs = pieceMs.at(-1);
  if (firstMs === undefined || lastMs === undefined || pieceMs.length < FEW_PIECES) return null;
  // Without the server's word the wait before the first piece stands for it: only a long one is taken as proof.
  const writingMs = talk.writingMs ?? Math.max(lastMs - firstMs, firstMs / 2);
  if (writingMs < WRITING_WORTH_STREAMING_MS) return null;
  const finding = { check: 'buffering', model };
  const bursts = pieceMs.filter((atMs, i) => i === 0 || atMs - (pieceMs[i - 1] ?? 0) > SAME_BURST_MS).length;
  if (bursts * PIECES_OF_A_BURST > pieceMs.length) {
    return { ...finding, level: 'ok', what: 'the answer streams', why: null, command: null };
  }
  return {
    ...finding,
    level: 'warn',
    what: `${pieceMs.length} pieces arrive in ${bursts === 1 ? 'one burst' : `${bursts} bursts`}, though writing them took ${seconds(writingMs)}`,
    why: 'a proxy before the model server collects the answer; users see nothing for long, then much at once',
    command: 'proxy_buffering off;',
  };
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
