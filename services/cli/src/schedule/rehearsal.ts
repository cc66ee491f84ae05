import type { Workflow } from "@troupe/orchestration";

/** Runs of the rehearsal: enough for the programs to be compiled and timers to be known. */
const enoughRuns = 1000;
const fewestRounds = 4;
/** It is over soon, also with few workers. */
const mostRounds = 60;
/** Recorded seconds of each; to be run in real time. */
const taskSeconds = 0.004;

/** A small workflow that keeps all workers busy in rounds, to be run before the one that counts. */
export function rehearsal(workers: number): Workflow {
  const rounds = Math.max(fewestRounds, Math.min(mostRounds, Math.ceil(enoughRuns / workers)));
  const tasks = Array.from({ length: rounds * workers }, (_, index) => ({
    id: `rehearsal-${index}`,
    dependsOn: index < workers ? [] : [`rehearsal-${index - workers}`],
    seconds: taskSeconds,
  }));
  return { schemaVersion: "1.5", tasks };
}
