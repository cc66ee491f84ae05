/** What can be done to a deployment: a node is killed, the server is killed, a node is stopped for a while. */
export const faultKinds = ["nodes", "nats", "pause"] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Kinds of goals that can be run under faults: datasets to clean, or cheap flows of tasks. */
export const chaosGoalKinds = ["clean", "flow"] as const;
export type ChaosGoalKind = (typeof chaosGoalKinds)[number];
