import { type Actor, type Clock, defineActor, defineProtocol, message } from "@troupe/actor";
import { z } from "zod";
import { between } from "../../../faults/chance.ts";
import type { World } from "../../world.ts";
import type { RestartWatch, WorkerSupervision } from "./restart-watch.ts";
import type { WorkLedger } from "./work-ledger.ts";

/** A worker's work, which may fail, take its time or be set aside. */
export const workerProtocol = defineProtocol("worker", {
  work: message(
    z.object({
      id: z.number(),
      /** How many runs fail before one succeeds. */
      failures: z.number(),
      slowMs: z.number(),
      aside: z.boolean(),
    }),
  ),
  /** Waits without holding the mailbox. */
  pipe: message(z.object({ delayMs: z.number() })),
  tick: message(z.object({ incarnation: z.number() })),
  takeUp: message(z.object({})),
});

const teamProtocol = defineProtocol("team", {});

/** What the actors of a run share. */
export interface TeamSetting {
  readonly world: World;
  readonly ledger: WorkLedger;
  readonly watch: RestartWatch;
  readonly supervision: WorkerSupervision;
  readonly poisonAfter: number;
  readonly capacity: number;
  readonly names: readonly string[];
  /** Work that was set aside once. */
  readonly setAside: Set<number>;
  /** Workers whose next setup fails. */
  readonly failingSetups: Set<string>;
}

/** How often a worker's timer fires. */
const tickMs = 1700;

/** Longer than most back-offs, so that restarts have to wait for it. */
const longestCleanUpMs = 250;

/** A supervisor with its workers. */
export function team(place: TeamSetting): Actor<(typeof teamProtocol)["messages"]> {
  return defineActor(
    teamProtocol,
    (context) => {
      for (const name of place.names) context.spawn(worker(place, name), { name });
      return {};
    },
    { supervision: place.supervision },
  );
}

function worker(place: TeamSetting, name: string): Actor<(typeof workerProtocol)["messages"]> {
  const { world, ledger, watch } = place;
  return defineActor(
    workerProtocol,
    (context) => {
      const incarnation = watch.begins(name);
      // What is registered last runs first.
      context.onStop(async () => {
        await sleep(context.clock, between(context.random, 0, longestCleanUpMs));
        watch.cleanedUp(name, incarnation);
      });
      context.onStop(() => watch.ends(name, incarnation));
      if (place.failingSetups.delete(name)) throw new Error("the setup fails");
      let busy = false;
      const check = (what: string): void => {
        world.require(
          watch.isPresent(name, incarnation),
          "nothing reaches an incarnation that has ended",
          () => `${what} at ${name} ${incarnation}`,
        );
        world.require(!busy, "an actor handles one message at a time", () => `${what} at ${name}`);
      };
      context.timers.every("tick", tickMs, "tick", { incarnation });
      return {
        work: ({ id, failures, slowMs, aside }) => {
          check(`work ${id}`);
          if (aside && !place.setAside.has(id)) {
            place.setAside.add(id);
            ledger.stashed(id);
            context.stash();
            return;
          }
          const run = ledger.begins(name, id);
          const finish = (): void => {
            busy = false;
            if (run <= failures) throw new Error(`work ${id} fails`);
            ledger.done(id);
          };
          if (slowMs === 0) return finish();
          busy = true;
          return sleep(context.clock, slowMs).then(finish);
        },
        pipe: ({ delayMs }) => {
          check("pipe");
          context.pipe(sleep(context.clock, delayMs), () => check("what was piped"));
        },
        tick: () => check("tick"),
        takeUp: () => {
          check("takeUp");
          context.unstashAll();
        },
      };
    },
    { poisonAfter: place.poisonAfter, mailbox: { capacity: place.capacity } },
  );
}

function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(delayMs, resolve);
  });
}
