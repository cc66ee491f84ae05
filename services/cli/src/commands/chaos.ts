import { pause } from "@troupe/actor";
import { CleanGoals } from "../chaos/clean-goals.ts";
import { readCourses } from "../chaos/courses.ts";
import { leaseMs, startMortal } from "../chaos/deployment.ts";
import type { ChaosGoalKind, FaultKind } from "../chaos/fault-kinds.ts";
import { FlowGoals } from "../chaos/flow-goals.ts";
import type { ChaosNews, ChaosPlan, ChaosReport } from "../chaos/report.ts";
import { runStorm } from "../chaos/storm.ts";
import { judge, namedIn } from "../chaos/verdict.ts";
import { exitCodes } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import { chaosNewsLines, chaosReportLines } from "../output/chaos-lines.ts";
import { writeJson, writeLines } from "../output/write.ts";
import { endingAll, type Undo } from "../undo.ts";
import { unlessInterrupted } from "../waiting.ts";

export interface ChaosOptions {
  readonly goals: number;
  /** What the goals are: datasets to clean, or cheap flows of tasks. */
  readonly kind: ChaosGoalKind;
  readonly minutes: number;
  readonly kill: readonly FaultKind[];
  /** Seconds between faults. */
  readonly every: number;
  readonly nodes: number;
  /** Default: a random one, which is told. */
  readonly seed?: number;
  readonly json: boolean;
}

/** Most journals told at the end. */
const courseLimit = 20;

/**
 * `troupe chaos`: a deployment of its own under goals and faults, and what the journals say about it
 * afterwards. Whatever it started or wrote is gone at the end, in any case.
 */
export async function chaos(io: Io, options: ChaosOptions): Promise<number> {
  const { goals, kind, nodes, minutes, kill, every: everySeconds } = options;
  const seed = options.seed ?? Math.floor(io.random.next() * 2 ** 32);
  const plan: ChaosPlan = { seed, kind, goals, nodes, minutes, kill, everySeconds };
  const tell = (news: ChaosNews): void => {
    if (options.json) writeJson(io.out, news);
    else writeLines(io.out, chaosNewsLines(news, screenOf(io.out)));
  };
  return endingAll(io, async (undo) => {
    const report = await run(io, plan, tell, undo);
    if (options.json) writeJson(io.out, { type: "verdict", ...report });
    else writeLines(io.out, chaosReportLines(report, screenOf(io.out)));
    return report.ok ? exitCodes.ok : exitCodes.failed;
  });
}

async function run(
  io: Io,
  plan: ChaosPlan,
  tell: (news: ChaosNews) => void,
  undo: Undo,
): Promise<ChaosReport> {
  const { clock } = io;
  const { seed, goals, nodes } = plan;
  let crashes = 0;
  tell({ type: "plan", ...plan });
  const deployment = await startMortal(
    io,
    {
      nodes,
      observe: (news) => {
        if (news.state === "crashed") crashes += 1;
        tell({ type: "node", ...news });
      },
    },
    undo,
  );
  const { client, server, directory, inbox, datasets, engine } = deployment;
  tell({ type: "up", directory, pid: server.pid, version: server.version });
  const source =
    plan.kind === "flow" ? new FlowGoals() : new CleanGoals({ seed, inbox, datasets, engine });
  const storm = runStorm(
    {
      clock,
      plan,
      deployment,
      source,
      onFault: (fault, node) =>
        tell({
          type: "fault",
          at: clock.now(),
          kind: fault.kind,
          ...(node === undefined ? {} : { node }),
          ...("downMs" in fault ? { downMs: fault.downMs } : {}),
          ...("forMs" in fault ? { forMs: fault.forMs } : {}),
        }),
      onProgress: (progress) => tell({ type: "progress", ...progress, goals }),
    },
    undo,
  );
  const { published, faults, skipped, seconds } = await unlessInterrupted(io, storm);
  // A node that slept may still try what it was about to do.
  await unlessInterrupted(io, pause(clock, leaseMs));
  const courses = await unlessInterrupted(io, readCourses(client, clock, source, published));
  const verdict = judge(courses, { wanted: goals, until: clock.now() });
  const named = namedIn(verdict);
  for (const { goal, history } of courses
    .filter((one) => named.has(one.goal))
    .slice(0, courseLimit)) {
    tell({ type: "course", goal, events: history });
  }
  const { finished, failed, cancelled } = verdict.ended;
  const perSecond = (finished + failed + cancelled) / seconds;
  const goalsPerSecond = Math.round(perSecond * 1000) / 1000;
  return { ...plan, ...verdict, faults, skipped, crashes, seconds, goalsPerSecond };
}
