/**
 * The end of the event loop's turn: what several requests want at the same moment is done there at once. A model server
 * or a client that sleeps is woken for the first write and still awake for the others, which is worth a third of what
 * a request costs under load; alone, a request waits for nothing but the other callbacks of its turn.
 */
export interface Turn {
  /** Runs `work` when the input of this turn is handled, in the order in which it was asked for. */
  atEnd(work: () => void): void;
}
