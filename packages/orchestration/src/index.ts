export { CyclicDependencyError, OrchestrationError, UnknownDependencyError } from "./errors.ts";
export { type Dependencies, readyTasks, validateGraph } from "./task-graph.ts";
