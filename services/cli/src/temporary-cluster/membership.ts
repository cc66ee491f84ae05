/** How soon the nodes of an execution notice that one is gone, milliseconds. */
export const membership = { heartbeatMs: 500, suspectMs: 3000 };
