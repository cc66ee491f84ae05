import { TaskTypes } from "@troupe/orchestration";
import { cleanKind } from "../kinds/clean/kind.ts";
import { etlKind } from "../kinds/etl/kind.ts";
import { flowKind } from "../kinds/flow/kind.ts";
import type { GoalKind } from "../kinds/kind.ts";
import { reportKind } from "../kinds/report/kind.ts";

/**
 * The kinds of goals as a replay needs them: without a model, and without anything that does tasks.
 * What a goal may ask for was checked when it was accepted.
 */
export const replayKinds: readonly GoalKind[] = [
  cleanKind,
  etlKind,
  reportKind,
  flowKind({ types: new TaskTypes([]) }),
];
