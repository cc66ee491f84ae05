/** What can be done to a deployment: a node is killed, the server is killed, a node is stopped for a while. */
export const faultKinds = ["nodes", "nats", "pause"] as const;
export type FaultKind = (typeof faultKinds)[number];
