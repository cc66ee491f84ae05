import { Holdings } from "./holdings.ts";
import type { SimulatedCourse, SimulatedNode, SimulatedScenario, SimulatedWorld } from "./world.ts";

/** How long answers may still come when all has ended. */
const watchedMs = 200;

/** What one protocol does in a simulation in which callers hold something, again and again. */
export interface HeldPlay {
  /** Starts what answers on a node, besides the caller. */
  boot(node: SimulatedNode): void;
  /** Holds something, drawn from the world's randomness. */
  act(up: readonly SimulatedNode[]): void;
  /** What is held after the faults, and has to succeed then. */
  readonly last: readonly (() => void)[];
  /** Looks at the whole, when everything that was held has ended. */
  end?(): void;
}

/** Of a scenario, what its protocol chooses; nodes are called `a`, `b` and so on. */
type HeldAbout = Omit<SimulatedScenario, "begin"> & {
  /** When, after the faults, the last ones are held, milliseconds. */
  readonly lastFromMs: number;
};

/** Faults of nodes that last up to a few seconds, with links that lose, repeat and delay; clocks are each protocol's own. */
export const passingFaults = {
  partition: { times: 1, forMs: [200, 2000] },
  oneWay: { times: 1, forMs: [200, 2000] },
  links: { times: 5, forMs: [500, 3000], drop: 0.3, duplicate: 0.3, reorder: 0.5, delayMs: 40 },
  pause: { times: 2, forMs: [100, 1500] },
  crash: { times: 2, forMs: [0, 1500] },
  leave: { times: 1, forMs: [0, 1500] },
} as const satisfies SimulatedScenario["faults"];

/**
 * A scenario in which callers on the nodes hold votes, auctions and the like while there are faults, and some more when
 * they are over. Everything ends in time as long as its caller lives, see `Holdings`; what else has to hold the play says.
 */
export function heldScenario(
  { lastFromMs, ...about }: HeldAbout,
  begin: (world: SimulatedWorld, holdings: Holdings) => HeldPlay,
): SimulatedScenario {
  return {
    ...about,
    begin: (world) => {
      const holdings = new Holdings(world);
      return new HeldCourse({ world, holdings, play: begin(world, holdings), lastFromMs });
    },
  };
}

interface HeldRun {
  readonly world: SimulatedWorld;
  readonly holdings: Holdings;
  readonly play: HeldPlay;
  readonly lastFromMs: number;
}

class HeldCourse implements SimulatedCourse {
  readonly #run: HeldRun;
  /** Known when the faults are over: there are no nodes yet when a run begins. */
  #lastLeft = Number.POSITIVE_INFINITY;

  constructor(run: HeldRun) {
    this.#run = run;
  }

  boot(node: SimulatedNode): void {
    this.#run.holdings.boot(node);
    this.#run.play.boot(node);
  }

  act(): void {
    const { world, play } = this.#run;
    if (world.up.length > 0) play.act(world.up);
  }

  calm(): void {
    const { world, play, lastFromMs } = this.#run;
    const { last } = play;
    this.#lastLeft = last.length;
    for (const hold of last) {
      world.clock.schedule(lastFromMs, () => {
        this.#lastLeft -= 1;
        hold();
      });
    }
  }

  isOver(): boolean {
    const { world, holdings } = this.#run;
    if (this.#lastLeft > 0 || holdings.open.length > 0) return false;
    return world.clock.monotonic() >= holdings.endedAt + watchedMs;
  }

  async end(): Promise<void> {
    this.#run.holdings.end();
    this.#run.play.end?.();
  }
}
