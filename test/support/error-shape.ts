import { expect } from 'vitest';
import type { Door, Reply } from './asker.ts';

/** Checks that an error has exactly its protocol's shape; gives its message. */
export function messageOfError(door: Door, reply: Pick<Reply, 'text' | 'headers'>): string {
  expect(String(reply.headers['content-type'])).toMatch(/^application\/json/);
  const json = JSON.parse(reply.text) as { error: unknown };
  expect(Object.keys(json)).toEqual(['error']);
  const message = messageIn(door, json, true);
  if (door === 'chat') {
    expect(json.error).toMatchObject({ request_id: reply.headers['x-request-id'] });
  }
  return message;
}

/** The same for the error frame that ends a stream which has begun. */
export function messageOfFrame(door: Door, frame: unknown): string {
  expect(Object.keys(frame as object)).toEqual(['error']);
  return messageIn(door, frame as { error: unknown }, false);
}

function messageIn(door: Door, { error }: { error: unknown }, isWhole: boolean): string {
  if (door === 'ollama') {
    expect(error).toEqual(expect.any(String));
    return String(error);
  }
  const keys =
    door === 'openai'
      ? ['message', 'type', 'param', 'code']
      : ['code', 'message', ...(isWhole ? ['request_id'] : [])];
  expect(Object.keys(error as object).sort()).toEqual(keys.sort());
  const { message } = error as { message: unknown };
  expect(message).toEqual(expect.stringMatching(/\S/));
  return String(message);
}
