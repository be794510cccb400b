/** The index's own process: what it does to memory and processor, and how it dies, is no request's business. */
import { setPriority } from 'node:os';
import type {
  AnswerDraw,
  EventFilter,
  GateSumsQuery,
  PageQuery,
  RowCut,
  SessionRules,
  TextKey,
  TimeRange,
} from '../../ports/event-store.ts';
import { IndexUnavailable } from '../../ports/event-store.ts';
import type { ExposureQuery } from '../../ports/exposure-sums.ts';
import { type DatabaseOptions, openDatabase } from './database.ts';
import { deleteDatabase } from './delete-database.ts';
import { drawAnswers } from './draw-answers.ts';
import { type Follower, openFollower, StaleIndex } from './follower.ts';
import { gateSums } from './gate-sums.ts';
import { identitySums } from './identity.ts';
import type { IndexFile } from './index-file.ts';
import { openLineWriter } from './line-writer.ts';
import type { Answer, Question } from './messages.ts';
import { exportRequests } from './request-export.ts';
import { pageOfRequests, requestsOfSession } from './request-rows.ts';
import { textOfKey } from './said-rows.ts';
import { exportSessions, findSession, pageOfSessions } from './session-rows.ts';
import { type SumsQuery, sumsBySteps } from './sums.ts';
import { loadWords } from './words.ts';

export interface ProcessOptions extends DatabaseOptions {
  readonly journalFolder: string;
  /** Sums by hour are made of so many frames at a time. */
  readonly blockFrames: number;
  /** Begin with an empty index. */
  readonly isFresh: boolean;
}

const LOW_PRIORITY = 10;
/** Questions of an export that has begun: what came since is not in it. */
const GOING_ON: ReadonlySet<string> = new Set(['next', 'end']);
/** Each holds some rows that wait for their reader. */
const MAX_OPEN_EXPORTS = 8;

const options = JSON.parse(process.argv[2] ?? '{}') as ProcessOptions;
try {
  setPriority(LOW_PRIORITY); // threads have that of who starts them
} catch {
  // not allowed everywhere
}
const opened = openAll();
const exports = new Map<number, AsyncGenerator<unknown>>();

// Signals to the whole group are the parent's to answer; its end is this process's end.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (question: Question) => void answer(question));
opened.then(({ follower }) => follower.run()).catch(fail);

async function openAll(): Promise<{ readonly file: IndexFile; readonly follower: Follower }> {
  if (options.isFresh) deleteDatabase(options.file);
  const database = await openDatabase(options);
  const words = await loadWords(database.writing);
  const { journalFolder } = options;
  const file = { database, words, journalFolder, lines: openLineWriter(journalFolder, words) };
  return { file, follower: await openFollower(file, options.blockFrames) };
}

/** A process that cannot go on ends; its parent starts another, which finds the file as of the last commit. */
function fail(error: unknown): void {
  process.stderr.write(
    `sluice: the index of events stopped: ${error instanceof Error ? error.stack : error}\n`,
  );
  if (error instanceof StaleIndex) deleteDatabase(options.file);
  process.exit(1);
}

async function answer({ id, name, args }: Question): Promise<void> {
  const reply = (message: Answer): void => void process.send?.(message, undefined, undefined, () => {});
  try {
    reply({ id, ok: true, value: await ask(id, name, args) });
  } catch (error) {
    const kind =
      error instanceof IndexUnavailable ? 'unavailable' : error instanceof RangeError ? 'range' : 'fault';
    reply({ id, ok: false, kind, message: error instanceof Error ? error.message : String(error) });
  }
}

async function ask(id: number, name: string, args: readonly unknown[]): Promise<unknown> {
  const { file, follower } = await opened;
  if (name === 'state') return follower.state();
  if (name === 'caughtUp') return follower.caughtUp();
  if (!follower.isWhole()) throw new IndexUnavailable('the index is being made from the journal');
  if (!GOING_ON.has(name)) await follower.fresh();
  const { database, words } = file;
  switch (name) {
    case 'sums':
      return sumsBySteps(database.asking, words, args[0] as SumsQuery);
    case 'exposureSums': {
      // with the distribution functions, which take a quarter of a second to load
      const { exposedSums } = await import('./exposed-sums.ts');
      return exposedSums(file, args[0] as ExposureQuery, args[1] as SessionRules);
    }
    case 'gateSums':
      return gateSums(database.asking, words, args[0] as GateSumsQuery);
    case 'requests':
      return pageOfRequests(file, args[0] as EventFilter, args[1] as PageQuery);
    case 'sessions':
      return pageOfSessions(file, args[0] as EventFilter, args[1] as PageQuery & SessionRules);
    case 'session': {
      const found = await findSession(file, args[0] as string, args[1] as SessionRules);
      return found && { session: found.session, requests: await requestsOfSession(file, found.key) };
    }
    case 'said':
      return textOfKey(file, args[0] as TextKey);
    case 'drawAnswers':
      return drawAnswers(file, args[0] as AnswerDraw);
    case 'identitySums':
      return identitySums(file, args[0] as TimeRange);
    case 'exportRequests':
      return openExport(
        id,
        exportRequests(file, args[0] as EventFilter, args[1] as RowCut & { withTexts: boolean }),
      );
    case 'exportSessions':
      return openExport(
        id,
        exportSessions(file, args[0] as EventFilter, {
          cut: args[1] as RowCut,
          rules: args[2] as SessionRules,
        }),
      );
    case 'next': {
      const rows = exports.get(args[0] as number);
      // Not the end: that would pass for a complete export.
      if (!rows)
        throw new IndexUnavailable('the export was cut off because the index stopped; ask for it again');
      const { value, done } = await rows.next();
      return done ? null : value;
    }
    case 'end': {
      const ended = exports.get(args[0] as number);
      exports.delete(args[0] as number);
      return void (await ended?.return(null));
    }
    default:
      throw new Error(`the index knows no question "${name}"`);
  }
}

function openExport(id: number, rows: AsyncGenerator<unknown>): number {
  if (exports.size >= MAX_OPEN_EXPORTS)
    throw new IndexUnavailable(`${MAX_OPEN_EXPORTS} exports are running; wait for one to end`);
  exports.set(id, rows);
  return id;
}
