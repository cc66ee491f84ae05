import type { HealthReading } from "./assess.ts";

/** A node that is well, but for what the test says. */
export function reading(but: Partial<HealthReading> = {}): HealthReading {
  return {
    active: true,
    cpu: 0.1,
    memory: 0.2,
    lagSeconds: 0,
    nats: { connected: true, roundTripMs: 1 },
    journalMs: 2,
    mailbox: { share: 0, actor: undefined },
    stuck: [],
    alerts: 0,
    ...but,
  };
}
