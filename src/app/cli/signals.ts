/** A terminal and a launcher above us may both pass on one Ctrl-C; what follows this closely is the same one. */
const SAME_SIGNAL_MS = 400;

/**
 * Resolves at the first SIGINT or SIGTERM. A second one, later than an echo of the first, ends the process at
 * once with the shell's code for it. `stop()` takes the listeners away.
 */
export function untilSignal(): { readonly arrived: Promise<void>; stop(): void } {
  let firstMs: number | null = null;
  let resolveArrived = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    resolveArrived = resolve;
  });
  const onSignal = (signal: NodeJS.Signals): void => {
    const nowMs = performance.now();
    if (firstMs === null) {
      firstMs = nowMs;
      resolveArrived();
    } else if (nowMs - firstMs > SAME_SIGNAL_MS) {
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    arrived,
    stop() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
