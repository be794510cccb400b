/** A command's body: gives the exit code. */
export type Action<Args extends unknown[]> = (...args: Args) => Promise<number>;

/** Wraps a command's body so that its exit code reaches the shell. */
export type Act = <Args extends unknown[]>(action: Action<Args>) => (...args: Args) => Promise<void>;
