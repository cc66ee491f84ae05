import type { ActorView } from "@troupe/actor";
import type { StuckActor } from "./assess.ts";

interface Seen {
  readonly message: object;
  readonly since: number;
}

/**
 * Finds actors that are at one message for long while others wait. Only what holds a mailbox counts: work
 * in the background and interleaved handlers do not.
 */
export class StuckWatch {
  readonly #seen = new WeakMap<ActorView, Seen>();

  /**
   * Those that have been seen at the same message for at least `atLeastMs`.
   *
   * @param now by the monotonic clock, milliseconds
   */
  look(actors: Iterable<ActorView>, now: number, atLeastMs: number): readonly StuckActor[] {
    const stuck: StuckActor[] = [];
    for (const actor of actors) {
      if (actor.waiting === 0) continue;
      const { atWork } = actor;
      if (atWork === undefined) continue;
      const seen = this.#seen.get(actor);
      if (seen?.message !== atWork) {
        this.#seen.set(actor, { message: atWork, since: now });
        continue;
      }
      const forMs = now - seen.since;
      if (forMs >= atLeastMs) stuck.push({ actor: actor.address, type: atWork.type, forMs });
    }
    return stuck;
  }
}
