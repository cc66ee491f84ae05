import {
  type Actor,
  type ActorSystem,
  defineActor,
  defineProtocol,
  pause,
  query,
  type Reply,
} from "@troupe/actor";
import { type CapacityProblem, PlacementSearch } from "@troupe/coordination";
import { z } from "zod";

/** What solvers advertise, and are found by. */
export const solverCapability = "capacity-solver";

/** Longest time that a solver computes before others on its node get their turn, milliseconds. */
const turnMs = 20;

const solved = z.object({
  bound: z.number(),
  rounds: z.number(),
  feasible: z.boolean(),
  /** When it is feasible. */
  agentOf: z.array(z.number()).readonly().optional(),
  cost: z.number().optional(),
  optimal: z.boolean().optional(),
  /** When it is not: whether that is proved. */
  proved: z.boolean().optional(),
  milliseconds: z.number(),
});
/** What came of one problem. */
export type Solved = z.output<typeof solved>;

/** An actor that assigns the tasks of problems which it has read itself. */
export const solverProtocol = defineProtocol("capacity-solver", {
  /** The problem at this place of the file, counted from 0. */
  solve: query(z.object({ problem: z.number().int().min(0) }), solved),
});
type SolverMessages = typeof solverProtocol.messages;

function solver(problems: readonly CapacityProblem[]): Actor<SolverMessages> {
  return defineActor(solverProtocol, ({ clock }) => ({
    solve: async ({ problem }): Promise<Reply<SolverMessages, "solve">> => {
      const one = problems[problem];
      if (one === undefined) throw new RangeError(`there is no problem ${problem}`);
      const began = clock.monotonic();
      const search = new PlacementSearch(one);
      let turn = clock.monotonic();
      while (!search.isOver) {
        search.step();
        if (clock.monotonic() - turn < turnMs) continue;
        await pause(clock, 0);
        turn = clock.monotonic();
      }
      return { ...search.outcome(), milliseconds: clock.monotonic() - began };
    },
  }));
}

/** Starts solvers numbered from `first` up to but without `end`. */
export function hostSolvers(
  system: ActorSystem,
  problems: readonly CapacityProblem[],
  { first, end }: { readonly first: number; readonly end: number },
): void {
  for (let index = first; index < end; index += 1) {
    system.spawn(solver(problems), {
      name: `solver-${index}`,
      restart: "temporary",
      capabilities: [solverCapability],
    });
  }
}
