import {
  type Actor,
  defineActor,
  defineProtocol,
  ensureError,
  message,
  query,
} from "@troupe/actor";
import { z } from "zod";
import { assess, type Health, type HealthReading, healthSchema } from "./assess.ts";
import { noTrouble, type RecoveryAction, type RecoveryLimits, recover } from "./recovery.ts";

/** Readings that the score is a mean of. */
const readingLimit = 6;
/** Things done that are remembered. */
const doneLimit = 50;

export const recoveredSchema = z.object({
  /** Milliseconds since the epoch. */
  at: z.number(),
  action: z.enum(["restart", "shed", "take", "reconnect", "drain"]),
  why: z.string(),
});
/** Something that a node did about its own trouble. */
type Recovered = z.output<typeof recoveredSchema>;

/** What the actor that watches a node's health understands. */
export const healthProtocol = defineProtocol("health", {
  /** The actor's own: time for the next reading. */
  check: message(z.object({})),
  state: query(
    z.object({}),
    z.object({
      health: healthSchema,
      shedding: z.boolean(),
      /** Oldest first. */
      recovered: z.array(recoveredSchema),
    }),
  ),
});
export type HealthMessages = typeof healthProtocol.messages;

export interface HealthActorOptions {
  /** Measures the node. */
  readonly read: () => Promise<HealthReading>;
  /** Does what was decided; what it rejects with is logged. */
  readonly act: (action: RecoveryAction) => Promise<void>;
  readonly limits: RecoveryLimits;
  /** Time between two readings, milliseconds. */
  readonly everyMs: number;
  /** Told after each reading. */
  readonly checked: (health: Health, shedding: boolean) => void;
}

/** Measures a node's health again and again, and does something about what it finds. */
export function healthActor(options: HealthActorOptions): Actor<HealthMessages> {
  return defineActor(healthProtocol, ({ clock, log, timers, self }) => {
    const readings: HealthReading[] = [];
    const recovered: Recovered[] = [];
    let memory = noTrouble;
    let health = assess([]);
    timers.every("check", options.everyMs, "check", {});
    self.tell("check", {});

    const act = async (action: RecoveryAction): Promise<void> => {
      const why = "why" in action ? action.why : "it has room again";
      log(action.do === "take" ? "info" : "warn", `recovery: ${action.do}`, { why });
      recovered.push({ at: clock.now(), action: action.do, why });
      recovered.splice(0, recovered.length - doneLimit);
      try {
        await options.act(action);
      } catch (thrown) {
        log("error", `recovery failed: ${action.do}`, { error: ensureError(thrown) });
      }
    };

    return {
      check: async () => {
        const reading = await options.read();
        readings.push(reading);
        readings.splice(0, readings.length - readingLimit);
        health = assess(readings);
        const decided = recover(memory, reading, clock.monotonic(), options.limits);
        memory = decided.memory;
        options.checked(health, memory.isShedding);
        for (const action of decided.actions) await act(action);
      },
      state: () => ({ health, shedding: memory.isShedding, recovered: [...recovered] }),
    };
  });
}
