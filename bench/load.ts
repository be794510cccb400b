import { runClosed, runOpen } from './load-requests.ts';
import { runChunks, runHold } from './load-streams.ts';
import { answerCommands } from './worker.ts';

/** The load generator: a process of its own that runs one measurement at a time. */
const commands = { closed: runClosed, open: runOpen, chunks: runChunks, hold: runHold };
export type LoadCommands = typeof commands;
answerCommands(commands);
