import { AskError } from "@troupe/actor";
import type { Life, SimulatedNode } from "../../node.ts";
import type { World } from "../../world.ts";

/** How an ask to an entity ended. Nothing that was `refused` can have been stored. */
export type AskEnd<Value> =
  | { readonly kind: "answered"; readonly value: Value }
  | { readonly kind: "refused" }
  | { readonly kind: "unknown" };

/** A node, and which of its lives asks. */
export interface Asker {
  readonly node: SimulatedNode;
  readonly life: Life;
}

/** An ask that has not ended. */
interface OpenAsk extends Asker {
  readonly what: string;
}

/** Deadlines are kept to a slot of ten milliseconds, by a clock that drifts. */
const slackMs = 50;
const driftAllowed = 0.03;

/** Asks to entities: each ends once, and in time, as long as its asker lives. */
export class EntityAsks {
  readonly #world: World;
  readonly #open = new Set<OpenAsk>();
  #asked = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /**
   * Watches over one ask.
   *
   * @param what for the trace
   * @param withinMs the asker's patience, by its node's own clock
   * @returns how it ended; never, when the asker's process ended first
   */
  async watch<Value>(
    { node, life }: Asker,
    what: string,
    withinMs: number,
    ask: () => Promise<Value>,
  ): Promise<AskEnd<Value>> {
    const { trace, clock } = this.#world;
    const { process } = life;
    this.#asked += 1;
    const open = { what: `${node.name}.${life.number} ${what} #${this.#asked}`, node, life };
    const [at, pausedBefore] = [clock.monotonic(), process.pausedMs];
    this.#open.add(open);
    trace.add("asks", open.what);
    const [end, how] = await this.#endOf(open, ask);
    trace.add("asked", open.what, how);
    const awakeMs = clock.monotonic() - at - (process.pausedMs - pausedBefore);
    this.#world.require(
      awakeMs <= withinMs * (1 + driftAllowed) + slackMs,
      "an ask ends in time",
      () => `${open.what} took ${awakeMs} ms of ${withinMs}`,
    );
    this.#open.delete(open);
    return end;
  }

  async #endOf<Value>(
    { node, life }: Asker,
    ask: () => Promise<Value>,
  ): Promise<[AskEnd<Value>, string]> {
    try {
      const value = await ask();
      return [{ kind: "answered", value }, JSON.stringify(value)];
    } catch (thrown) {
      if (!(thrown instanceof AskError)) throw thrown;
      // A node that stops gives up its asks, handled or not.
      const isStopping = node.isLeaving || life.process.state === "killed";
      const isRefused = thrown.stage === "unreachable" && !isStopping;
      return [{ kind: isRefused ? "refused" : "unknown" }, `!${thrown.stage} ${thrown.message}`];
    }
  }

  /** By now every ask has to have ended. */
  end(): void {
    for (const { what, node, life } of this.#open) {
      this.#world.require(node.life !== life, "every ask ends", () => `${what} is open`);
    }
  }
}
