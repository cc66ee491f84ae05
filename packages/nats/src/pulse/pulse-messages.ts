/** What the pulse's thread is given when it is made. */
export interface PulseData {
  readonly url: string;
  readonly name: string;
  /** Silence of the process's main thread after which the pulse ends, milliseconds. */
  readonly hungAfterMs: number;
}

/** What the thread is told: publish this from now on. It also shows that the main thread lives. */
export interface Beat {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly periodMs: number;
}
