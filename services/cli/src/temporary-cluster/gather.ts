import { type ActorSystem, type Clock, pause } from "@troupe/actor";

/** How long actors may take to be seen after their nodes are up, milliseconds. */
const gatherLimitMs = 15_000;
const lookEveryMs = 10;

/**
 * The addresses of actors that advertise something, as soon as there are `count` of them.
 *
 * @param missing makes the error for when they have not come in time
 */
export async function gather(
  system: ActorSystem,
  clock: Clock,
  capability: string,
  count: number,
  missing: (found: number, waitMs: number) => Error,
): Promise<readonly string[]> {
  const deadline = clock.monotonic() + gatherLimitMs;
  for (;;) {
    const found = system.cluster.find(capability);
    if (found.length >= count) return found.slice(0, count).map(({ address }) => address);
    if (clock.monotonic() >= deadline) throw missing(found.length, gatherLimitMs);
    await pause(clock, lookEveryMs);
  }
}
