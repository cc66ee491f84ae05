import { type Clock, pause, TroupeError } from "@troupe/actor";
import type { GoalClient, GoalEvent } from "@troupe/goals";
import type { GoalSource } from "./goal-source.ts";
import type { PublishedGoal } from "./load.ts";
import type { GoalCourse } from "./verdict.ts";

/** Tries to read one journal, when nobody answers. */
const readTries = 20;
const readAgainMs = 500;

/**
 * Reads the journals of the goals, and what those that finished have left behind.
 *
 * @throws what a journal can't be read with, although everything runs again
 */
export async function readCourses(
  client: Pick<GoalClient, "history">,
  clock: Clock,
  source: GoalSource,
  published: readonly PublishedGoal[],
): Promise<readonly GoalCourse[]> {
  const courses: GoalCourse[] = [];
  for (const { number, id: goal, acknowledged } of published) {
    const history = await historyOf(client, clock, goal);
    const finished = history.map(({ record }) => record).find(({ type }) => type === "finished");
    const faultyEffects =
      finished?.type === "finished" ? await source.inspect(number, finished.result) : [];
    courses.push({ goal, acknowledged, history, faultyEffects });
  }
  return courses;
}

async function historyOf(
  client: Pick<GoalClient, "history">,
  clock: Clock,
  goal: string,
): Promise<readonly GoalEvent[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await client.history(goal);
    } catch (thrown) {
      if (!(thrown instanceof TroupeError)) throw thrown;
      if (thrown.code === "goal-not-found") return [];
      if (!thrown.retryable || tries === readTries) throw thrown;
    }
    await pause(clock, readAgainMs);
  }
}
