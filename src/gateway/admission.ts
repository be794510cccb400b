/** Limits of one model, as they are now. */
export interface AdmissionLimits {
  readonly maxConcurrent: number;
  readonly maxQueue: number;
}

/** Somebody who waits for a turn. */
export interface Waiter {
  /** Its turn has come: it holds a permit from now on. */
  onPermit(): void;
}

export type Admitted = 'now' | 'queued' | 'full';

/**
 * How many calls a model may run at once, and a first-come queue before it. A permit is given back exactly once,
 * by whoever holds it. Limits are asked for each time, so that a change of configuration acts at once.
 */
export interface Admission {
  acquire(modelId: string, limits: AdmissionLimits, waiter: Waiter): Admitted;
  /** Gives a permit back; the longest waiting gets it. */
  release(modelId: string): void;
  /** Leaves the queue. Without effect on who has left it or never stood in it. */
  cancel(modelId: string, waiter: Waiter): void;
  /** How many wait at each model that was ever called. */
  queueLengths(): readonly (readonly [modelId: string, waiting: number])[];
}

interface Gate {
  inUse: number;
  readonly queue: Set<Waiter>; // at most `maxQueue`, in order of arrival
}

export function createAdmission(limitsOf: (modelId: string) => AdmissionLimits | undefined): Admission {
  const gates = new Map<string, Gate>(); // one per model that was ever called

  const admitWaiting = (gate: Gate, maxConcurrent: number): void => {
    for (const waiter of gate.queue) {
      if (gate.inUse >= maxConcurrent) return;
      gate.queue.delete(waiter);
      gate.inUse += 1;
      waiter.onPermit();
    }
  };

  return {
    acquire(modelId, limits, waiter) {
      let gate = gates.get(modelId);
      if (!gate) {
        gate = { inUse: 0, queue: new Set() };
        gates.set(modelId, gate);
      }
      admitWaiting(gate, limits.maxConcurrent);
      if (gate.inUse < limits.maxConcurrent) {
        gate.inUse += 1;
        return 'now';
      }
      if (gate.queue.size >= limits.maxQueue) return 'full';
      gate.queue.add(waiter);
      return 'queued';
    },
    release(modelId) {
      const gate = gates.get(modelId);
      if (!gate || gate.inUse === 0) throw new Error(`a permit of model ${modelId} was given back twice`);
      gate.inUse -= 1;
      // A model that is gone from the configuration still serves those who wait for it.
      if (gate.queue.size > 0) admitWaiting(gate, limitsOf(modelId)?.maxConcurrent ?? gate.inUse + 1);
    },
    cancel(modelId, waiter) {
      gates.get(modelId)?.queue.delete(waiter);
    },
    queueLengths: () => [...gates].map(([modelId, { queue }]) => [modelId, queue.size]),
  };
}
