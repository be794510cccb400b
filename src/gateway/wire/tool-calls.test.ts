import { describe, expect, it } from 'vitest';
import type { ToolCallPiece } from './answer.ts';
import { toolCallAssembler } from './tool-calls.ts';

const piece = (more: Partial<ToolCallPiece>): ToolCallPiece => ({
  index: null,
  id: null,
  name: null,
  argumentsText: '',
  ...more,
});

describe('toolCallAssembler', () => {
  it.each<[name: string, pieces: readonly Partial<ToolCallPiece>[]]>([
    [
      'numbered and mixed',
      [
        { index: 0, id: 'a', name: 'f', argumentsText: '{"x":' },
        { index: 1, id: 'b', name: 'g' },
        { index: 0, argumentsText: '1}' },
      ],
    ],
    [
      'numbered, with the name in every piece',
      [
        { index: 0, id: 'a', name: 'f', argumentsText: '{"x":' },
        { index: 0, id: 'a', name: 'f', argumentsText: '1}' },
        { index: 1, id: 'b', name: 'g' },
      ],
    ],
    [
      'not numbered',
      [
        { id: 'a', name: 'f', argumentsText: '{"x":' },
        { name: '', argumentsText: '1}' },
        { id: 'b', name: 'g', argumentsText: ' ' },
      ],
    ],
  ])('puts pieces together: %s', (_name, pieces) => {
    const assembler = toolCallAssembler();
    for (const one of pieces) assembler.add([piece(one)]);
    expect(assembler.calls(false)).toEqual([
      { id: 'a', name: 'f', arguments: { x: 1 } },
      { id: 'b', name: 'g', arguments: {} },
    ]);
  });
});
