const firstMs = 50;
const longestMs = 2000;

/** The pause before each attempt to reconnect: doubling, bounded, with jitter of a tenth. */
export interface ReconnectDelay {
  /** Milliseconds to wait between the last attempt and the next. */
  next(): number;
  /** An attempt was made. */
  attempted(): void;
  /** It succeeded: start again from the shortest pause. */
  connected(): void;
}

export function reconnectDelay(random: () => number = Math.random): ReconnectDelay {
  let attempts = 0;
  return {
    next() {
      const base = Math.min(longestMs, firstMs * 2 ** Math.min(attempts, 10));
      return Math.round(base * (1 + random() / 10));
    },
    attempted() {
      attempts += 1;
    },
    connected() {
      attempts = 0;
    },
  };
}
