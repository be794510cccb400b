/** What the simulator’s tests ask a model server with. */
export interface PlainAnswer {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

/** A text is sent as it is, anything else as JSON. */
export async function post(url: string, body: unknown): Promise<PlainAnswer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return read(await fetch(url, { method: 'POST', body: text }));
}

export async function get(url: string): Promise<PlainAnswer> {
  return read(await fetch(url));
}

async function read(response: Response): Promise<PlainAnswer> {
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text(),
  };
}

export const hi = [{ role: 'user', content: 'hi' }];

export const weatherTool = {
  type: 'function',
  function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};

export const testModels = [
  { name: 'qwen2:7b', contextLength: 2000 },
  { name: 'qwen3:32b', sizeVram: 1000 },
  { name: 'bge-m3:latest', loaded: false },
];
