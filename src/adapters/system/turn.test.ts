import { describe, expect, it, vi } from 'vitest';
import { createTurn } from './turn.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('turn', () => {
  it('runs what was put off, in order, at the end of the turn and not before', async () => {
    const turn = createTurn();
    const ran: string[] = [];
    turn.atEnd(() => {
      ran.push('a');
      turn.atEnd(() => ran.push('later'));
    });
    turn.atEnd(() => ran.push('b'));
    await Promise.resolve();
    expect(ran).toEqual([]);
    await nextTurn();
    expect(ran).toEqual(['a', 'b']);
    await nextTurn();
    expect(ran).toEqual(['a', 'b', 'later']);
  });

  it('keeps going when one fails, and lets the failure surface', async () => {
    const surfaced = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => {});
    const turn = createTurn();
    const ran: string[] = [];
    turn.atEnd(() => {
      throw new Error('broken');
    });
    turn.atEnd(() => ran.push('other'));
    await nextTurn();
    expect(ran).toEqual(['other']);
    expect(() => surfaced.mock.calls[0]?.[0]()).toThrow('broken');
    surfaced.mockRestore();
  });
});
