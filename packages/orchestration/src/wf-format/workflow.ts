import type { GraphNode } from "../index-graph.ts";

/** A recorded task: what it waited for and how long it took. */
export interface WorkflowTask extends GraphNode {
  readonly seconds: number;
}

/** A recorded workflow, as far as scheduling needs it. */
export interface Workflow {
  /** As the document states it. */
  readonly schemaVersion: string;
  readonly tasks: readonly WorkflowTask[];
}
