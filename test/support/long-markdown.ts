import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { chunkedHead, httpChunk, LAST_CHUNK, NDJSON } from './script-upstream.ts';

const PARTS = [
  '## A heading of what follows\n\n',
  'A paragraph with **bold words**, `some code`, and a good many others that a model says before it comes to the point. ',
  'It goes on for a while, as they do.\n\n',
  '- an item of a list\n- another one, with `code`\n  - and one below it\n\n',
  '```ts\nconst answer = await ask({ question: "why", limit: 42 });\nprocess.stdout.write(answer);\n```\n\n',
];
/** About a token. */
const PIECE = 5;
/** Pieces in a write, and between writes: some 20,000 characters a second, far more than a model gives. */
const BURST = 40;
const PAUSE_MS = 10;

/** Streams an Ollama answer in Markdown of so many characters, token by token. */
export async function playMarkdown(socket: Socket, characters: number): Promise<void> {
  let text = '';
  for (let part = 0; text.length < characters; part += 1) text += PARTS[part % PARTS.length];
  socket.write(chunkedHead(NDJSON));
  for (let at = 0; at < characters; at += PIECE * BURST) {
    const lines = Array.from({ length: BURST }, (_, piece) => {
      const from = at + piece * PIECE;
      const content = text.slice(from, Math.min(from + PIECE, characters));
      return `${JSON.stringify({ message: { role: 'assistant', content }, done: false })}\n`;
    });
    if (socket.destroyed) return;
    socket.write(httpChunk(Buffer.from(lines.join(''))));
    await delay(PAUSE_MS);
  }
  const end = { message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop' };
  socket.write(httpChunk(Buffer.from(`${JSON.stringify(end)}\n`)));
  socket.write(LAST_CHUNK);
}
