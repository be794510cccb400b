import { type ChildProcess, fork } from 'node:child_process';

/** Commands a bench process answers; arguments and results are plain JSON. */
type Commands = Record<keyof never, (argument: never) => Promise<unknown>>;

export interface Worker<T> {
  readonly pid: number;
  readonly commands: T;
  stop(): void;
}

interface Call {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}
type Reply = { readonly id: number } & ({ readonly result: unknown } | { readonly error: string });

/** In the child: answers the parent's commands until the parent goes away. */
export function answerCommands<T extends object>(commands: T): void {
  const table = new Map(Object.entries(commands as Commands));
  process.on('message', async (call: Call) => {
    try {
      const command = table.get(call.name);
      if (!command) throw new Error(`no command ${call.name}`);
      process.send?.({ id: call.id, result: await command(call.argument as never) });
    } catch (error) {
      process.send?.({
        id: call.id,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  });
  process.on('disconnect', () => process.exit(0));
}

/** In the parent: runs `script` as a process of its own, so that its work never counts as the gateway's. */
export function startWorker<T extends object>(script: URL): Worker<T> {
  const child: ChildProcess = fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let lastId = 0;
  child.on('message', (reply: Reply) => {
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('error' in reply) call?.reject(new Error(reply.error));
    else call?.resolve(reply.result);
  });
  child.on('exit', (code) => {
    for (const call of waiting.values()) call.reject(new Error(`${script.pathname} ended with ${code}`));
  });
  const send = (name: string, argument: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      child.send({ id, name, argument } satisfies Call);
    });
  return {
    pid: child.pid ?? 0,
    commands: new Proxy({} as T, {
      get: (_, name) => (argument: unknown) => send(String(name), argument),
    }),
    stop: () => child.kill(),
  };
}
