import { type ActorContext, defineActor, defineProtocol, message } from "@troupe/actor";
import { z } from "zod";
import { InterruptedError } from "../errors.ts";
import type { SimulatedNode, SimulatedWorld } from "./world.ts";

const callerProtocol = defineProtocol("caller", { nothing: message(z.object({})) });

/** The context of the actor in whose name something is held. */
export type CallerContext = ActorContext<typeof callerProtocol.messages>;

/** How much later than it has to something may end: clocks drift, and messages to oneself take their turn. */
const slackMs = 200;
const drift = 1.02;

interface Holding {
  readonly node: SimulatedNode;
  readonly life: number;
}

/**
 * Votes, auctions and the like that callers on the nodes of a simulation hold, each with its end: as long as the
 * caller's process lives there is an outcome, in time.
 */
export class Holdings {
  readonly #world: SimulatedWorld;
  readonly #contexts = new Map<string, CallerContext>();
  readonly #open = new Map<string, Holding>();
  /** When the latest of them ended, milliseconds of virtual time. */
  #endedAt = 0;

  constructor(world: SimulatedWorld) {
    this.#world = world;
  }

  /** Starts the caller of a node, at each start of its process. */
  boot({ name, life }: SimulatedNode): void {
    const caller = defineActor(callerProtocol, (context) => {
      this.#contexts.set(name, context);
      return { nothing: () => {} };
    });
    life.system.spawn(caller, { name: "caller" });
  }

  /**
   * Holds something on a node.
   *
   * @param what names it, unlike anything else of the simulation
   * @param longestMs what it may take by the caller's clock
   * @param judge looks at the outcome, and how long it took by the true time
   */
  hold<Outcome>(
    node: SimulatedNode,
    what: string,
    longestMs: number,
    begin: (context: CallerContext) => Promise<Outcome>,
    judge: (outcome: Outcome, elapsedMs: number) => void,
  ): void {
    const { life } = node;
    life.process.run(() => {
      const context = this.#contexts.get(node.name);
      if (context === undefined) return;
      const { clock, trace } = this.#world;
      const [beganAt, pausedMs] = [clock.monotonic(), life.process.pausedMs];
      this.#open.set(what, { node, life: life.number });
      trace.add("held", node.name, what);
      begin(context).then(
        (outcome) => {
          const elapsed = clock.monotonic() - beganAt;
          const took = elapsed - (life.process.pausedMs - pausedMs);
          this.#ended(what);
          this.#world.require(
            took <= longestMs * drift + slackMs,
            "what is held ends in time",
            () => {
              return `${what} took ${took} ms of ${longestMs}`;
            },
          );
          judge(outcome, elapsed);
        },
        (error) => {
          this.#ended(what);
          const isExpected = error instanceof InterruptedError;
          this.#world.require(
            isExpected,
            "errors are of the kinds named",
            () => `${what}: ${error}`,
          );
        },
      );
    });
  }

  #ended(what: string): void {
    this.#open.delete(what);
    this.#endedAt = this.#world.clock.monotonic();
    this.#world.trace.add("ended", what);
  }

  /** What living callers wait for. What died with its caller is owed to nobody. */
  get open(): readonly string[] {
    return [...this.#open].flatMap(([what, { node, life }]) =>
      node.life.number === life ? [what] : [],
    );
  }

  /** Since when nothing is open, milliseconds of virtual time. */
  get endedAt(): number {
    return this.#endedAt;
  }

  end(): void {
    this.#world.require(this.open.length === 0, "what is held ends", () => this.open.join(", "));
  }
}
