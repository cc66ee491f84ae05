import { type Actor, type ActorSystem, defineActor, defineProtocol } from "@troupe/actor";
import { SolversLostError } from "../errors.ts";
import { type Solved, solverProtocol } from "./solver.ts";

/** Longest time for one problem, milliseconds. */
const solveLimitMs = 3_600_000;

/** Hears nothing but what it has asked for. */
const dealerProtocol = defineProtocol("problem-dealer", {});

/** What a dealer needs to know. */
interface Deal {
  readonly problems: number;
  /** Addresses. */
  readonly solvers: readonly string[];
  /** Called once with what came of each problem, in their order, or with the error. */
  readonly report: (ended: readonly Solved[] | Error) => void;
}

/** Gives each solver one problem after the other. What one had that is gone or does not answer goes to another. */
function dealer({ problems, solvers, report }: Deal): Actor<typeof dealerProtocol.messages> {
  return defineActor(dealerProtocol, (context) => {
    const waiting = Array.from({ length: problems }, (_, problem) => problem);
    const results = new Map<number, Solved>();
    /** Who is there, with what it is at. */
    const busy = new Map<string, number | undefined>(solvers.map((solver) => [solver, undefined]));

    const end = (ended: readonly Solved[] | Error): void => {
      report(ended);
      context.stop();
    };
    const give = (solver: string): void => {
      const problem = waiting.shift();
      busy.set(solver, problem);
      if (problem === undefined) return;
      const asked = context
        .ref(solverProtocol, solver)
        .ask("solve", { problem }, { withinMs: solveLimitMs });
      context.pipe(asked, (settled) => {
        if (!busy.has(solver)) return;
        if (!settled.ok) return lose(solver, settled.error.message);
        results.set(problem, settled.value);
        if (results.size < problems) give(solver);
        else end([...results].sort(([one], [other]) => one - other).map(([, result]) => result));
      });
    };
    const lose = (solver: string, why: string): void => {
      const problem = busy.get(solver);
      if (!busy.delete(solver)) return;
      if (problem !== undefined) waiting.unshift(problem);
      if (busy.size === 0) return end(new SolversLostError(solvers.length, why));
      for (const [other, current] of busy) if (current === undefined) give(other);
    };
    for (const address of solvers) {
      context.watch({ address }, (why) => lose(address, `it is gone (${why})`));
      give(address);
    }
    return {};
  });
}

/**
 * Has all problems solved, each by one of the solvers.
 *
 * @param solvers addresses; at least one
 * @throws SolversLostError when the last of them is gone
 */
export async function dealProblems(
  system: ActorSystem,
  solvers: readonly string[],
  problems: number,
): Promise<readonly Solved[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Solved[]>();
  const report = (ended: readonly Solved[] | Error): void =>
    ended instanceof Error ? reject(ended) : resolve(ended);
  system.spawn(dealer({ problems, solvers, report }), { restart: "temporary" });
  return promise;
}
