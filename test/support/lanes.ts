import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NodeClient } from '../../src/adapters/http-server/node-client.ts';
import { openPlainLane } from '../../src/adapters/http-server/plain-lane.ts';
import type { Client } from '../../src/ports/client.ts';
import type { RawClient } from './raw-http.ts';

export type Serve = (client: Client) => void;

const closers: (() => Promise<void>)[] = [];

/** Closes every server that was opened here. */
export async function closeLanes(): Promise<void> {
  for (const close of closers.splice(0)) await close();
}

/** Serves on one lane or the other; `/odd` is no target of the plain one. */
export async function listenOn(
  lane: 'plain' | 'node',
  serve: Serve,
): Promise<{ port: number; server: Server }> {
  const server = createServer((req, res) => serve(new NodeClient(req, res)));
  const plain = lane === 'plain' ? openPlainLane({ server, takes: (url) => url !== '/odd', serve }) : null;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    plain?.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, server };
}

/** The bytes of a plain request. */
export const post = (text: string, head = ''): Buffer => {
  const lines = `POST /chat HTTP/1.1\r\nHost: h\r\n${head}Content-Length: ${Buffer.byteLength(text)}`;
  return Buffer.from(`${lines}\r\n\r\n${text}`);
};
export const HEADERS = ['Content-Type', 'text/plain', 'X-Name', 'v\u00e4lue'];
/** Answers with what it got. */
export const echo: Serve = (client) =>
  client.readBody(
    1_000_000,
    (body) => client.answer(200, HEADERS, body),
    () => client.answer(413, [], Buffer.from('too large')),
  );
export const answersIn = (text: string): number => text.split('HTTP/1.1 ').length - 1;
export const until = (raw: RawClient, end: string) =>
  raw.until((got) => got.toString('latin1').endsWith(end));
