/** A simulated model; only the name is needed, the rest follows from the size in the name (`qwen3:32b`). */
export interface SimModel {
  readonly name: string;
  /** Median time to the first token. */
  readonly firstTokenMs?: number;
  readonly tokensPerSecond?: number;
  /** Median length of an answer. */
  readonly answerTokens?: number;
  readonly contextLength?: number;
  /** Bytes on disk, and of them in the memory of the GPU; less than `size` means partly on the CPU. */
  readonly size?: number;
  readonly sizeVram?: number;
  /** As `/api/show` tells them. */
  readonly capabilities?: readonly Capability[];
  /** False: the first request loads it, in `loadMs`. */
  readonly loaded?: boolean;
  readonly loadMs?: number;
  /** Name of the thinking field on the OpenAI side: vLLM's `reasoning`, llama.cpp's `reasoning_content`. */
  readonly reasoningField?: 'reasoning' | 'reasoning_content';
  readonly embeddingLength?: number;
}

export type Capability = 'completion' | 'tools' | 'vision' | 'thinking' | 'embedding' | 'insert';
export type FullSimModel = Required<SimModel> & { readonly parameterSize: string; readonly family: string };

const GIB = 2 ** 30;

/** Fills in what was left out, believable for a model of this size on one GPU with 4-bit weights. */
export function fullSimModel(model: SimModel): FullSimModel {
  const billions = Number(/(\d+(?:\.\d+)?)b\b/i.exec(model.name)?.[1] ?? 7);
  const size = model.size ?? Math.round(billions * 0.62 * GIB);
  return {
    firstTokenMs: Math.round(60 + billions * 9),
    tokensPerSecond: Math.round(900 / (billions + 8)),
    answerTokens: 60,
    contextLength: 32_768,
    sizeVram: size,
    capabilities: /embed|bge/i.test(model.name)
      ? ['embedding']
      : ['completion', 'tools', 'thinking', 'vision'],
    loaded: true,
    loadMs: Math.round(billions * 150),
    reasoningField: 'reasoning',
    embeddingLength: 256,
    ...model,
    size,
    parameterSize: `${billions}B`,
    family: /^[a-z]+\d?/i.exec(model.name)?.[0]?.toLowerCase() ?? 'llama',
  };
}
