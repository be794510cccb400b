/** An answer of the admin API, whatever its status. */
export interface AdminAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Record<string, unknown>;
}

/** Speaks to `/admin/v1` with an admin's key. */
export interface AdminClient {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<AdminAnswer>;
  /** As `call`, and throws with the whole problem when the answer is not a success. */
  must(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
}

export function createAdminClient(url: string, key: string): AdminClient {
  const call: AdminClient['call'] = async (method, path, body, headers = {}) => {
    const answer = await fetch(`${url}/admin/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
  };
  return {
    call,
    async must(method, path, body) {
      const { status, json } = await call(method, path, body);
      if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`);
      return json;
    },
  };
}
