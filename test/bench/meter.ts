/** Wall-clock rate and CPU time per operation since it was made; CPU time holds still on a busy machine. */
export function meter(): (operations: number) => Rate {
  const began = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  return (operations) => {
    const seconds = Number(process.hrtime.bigint() - began) / 1e9;
    const { user, system } = process.cpuUsage(cpu);
    return { perSecond: operations / seconds, cpuMicros: (user + system) / operations };
  };
}

export interface Rate {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

/** Median latency in microseconds of `count` calls, one after the other, after `warm` unmeasured ones. */
export async function sequential(
  count: number,
  warm: number,
  call: (index: number) => Promise<unknown>,
): Promise<number> {
  for (let i = 0; i < warm; i += 1) await call(i);
  const times = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    const began = process.hrtime.bigint();
    await call(i);
    times[i] = Number(process.hrtime.bigint() - began) / 1000;
  }
  times.sort();
  return times[Math.floor(count / 2)] ?? Number.NaN;
}

/** Keeps `open` calls under way until `count` have ended. */
export async function pipelined(
  count: number,
  open: number,
  call: (index: number) => Promise<unknown>,
): Promise<Rate> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await call(left);
    }
  };
  const rate = meter();
  await Promise.all(Array.from({ length: open }, lane));
  return rate(count);
}

/** Heap in use after everything unused has been collected, bytes. Needs `--expose-gc`. */
export async function collected(): Promise<number> {
  for (let i = 0; i < 4; i += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().heapUsed;
}

/** Unmeasured and measured batches of {@link making}. */
const warmBatches = 2;
const batches = 5;

/**
 * Median rate of making `count` things at a time, and heap bytes each of them keeps. All of them stay.
 * Needs `--expose-gc`.
 */
export async function making(
  count: number,
  make: (count: number) => readonly unknown[],
): Promise<{ readonly perSecond: number; readonly heapBytes: number }> {
  for (let batch = 0; batch < warmBatches; batch += 1) make(count);
  const before = await collected();
  const made: unknown[] = [];
  const rates = new Float64Array(batches);
  for (let batch = 0; batch < batches; batch += 1) {
    await collected();
    const rate = meter();
    const some = make(count);
    rates[batch] = rate(count).perSecond;
    made.push(...some);
  }
  const heapBytes = ((await collected()) - before) / made.length;
  rates.sort();
  return { perSecond: rates[batches >> 1] ?? Number.NaN, heapBytes };
}

/** Resolves when `done` says so, asked once a turn of the event loop. */
export async function drained(done: () => boolean): Promise<void> {
  while (!done()) await new Promise(setImmediate);
}
