/**
 * Says for a node that it lives, from somewhere that the node's own code cannot block: another thread with
 * a connection of its own. Without a pulse a node that computes for long falls silent and is taken for dead.
 */
export interface Pulse {
  /**
   * From now on publishes `payload` on `subject` every `periodMs` milliseconds, in place of what it
   * published before. To be called at least once a period: a process that has not called for much longer
   * hangs, and its pulse ends.
   */
  beat(subject: string, payload: Uint8Array, periodMs: number): void;
  /** Falls silent. */
  stop(): Promise<void>;
}
