import { z } from "zod";
import type { HealthReading } from "./assess.ts";

/** Something that a node does about its own trouble. */
export type RecoveryAction =
  /** Ends an actor's incarnation; its supervisor starts the next. */
  | { readonly do: "restart"; readonly actor: string; readonly why: string }
  /** Takes no further goals until it has room again. */
  | { readonly do: "shed"; readonly why: string }
  /** Takes goals again. */
  | { readonly do: "take" }
  /** Gives up a connection that only seems to be there, and makes another. */
  | { readonly do: "reconnect"; readonly why: string }
  /** Gives its goals to others, leaves and ends, to be started anew by whoever runs it. */
  | { readonly do: "drain"; readonly why: string };

/** When a node does what. */
export const recoverySchema = z.strictObject({
  /** A message that holds a mailbox for so long while others wait is stuck, milliseconds. Default 10 minutes. */
  stuckMs: z.number().int().min(1000).default(600_000),
  /** Restarts of stuck actors within an hour; what is stuck after that makes the node drain. Default 5. */
  restartsPerHour: z.number().int().min(0).default(5),
  /** Shares of memory and of a mailbox from which goals are refused, and up to which they are taken again. */
  shedMemory: z.number().min(0).max(1).default(0.9),
  takeMemory: z.number().min(0).max(1).default(0.8),
  shedMailbox: z.number().min(0).max(1).default(0.8),
  takeMailbox: z.number().min(0).max(1).default(0.5),
  /** Share of memory at which a node drains, after `drainMs` in which nothing helped. Default 0.97, two minutes. */
  drainMemory: z.number().min(0).max(10).default(0.97),
  drainMs: z.number().int().min(1000).default(120_000),
  /** Time between two attempts to reconnect, milliseconds. Default a minute. */
  reconnectMs: z.number().int().min(1000).default(60_000),
});
export type RecoveryLimits = z.output<typeof recoverySchema>;

/** Readings in a row that must agree before anything is done: one alone can be chance. */
const agreeing = 2;
const hourMs = 3_600_000;

/** What a node remembers of its own trouble. Plain data. */
export interface RecoveryMemory {
  readonly isShedding: boolean;
  readonly isDraining: boolean;
  /** Readings in a row that spoke for a change. */
  readonly overloaded: number;
  readonly relieved: number;
  readonly unanswered: number;
  readonly reconnectedAt: number | undefined;
  /** Since when memory is at its end. */
  readonly exhaustedSince: number | undefined;
  /** When actors were restarted, within the last hour. */
  readonly restartedAt: readonly number[];
}

export const noTrouble: RecoveryMemory = {
  isShedding: false,
  isDraining: false,
  overloaded: 0,
  relieved: 0,
  unanswered: 0,
  reconnectedAt: undefined,
  exhaustedSince: undefined,
  restartedAt: [],
};

/**
 * What a node does about a reading. Everything but a drain can be taken back; nothing is done twice in
 * a row, and restarts are limited, so that a cure cannot become a storm. Depends on nothing but its
 * arguments; times are of the monotonic clock, milliseconds.
 */
export function recover(
  memory: RecoveryMemory,
  reading: HealthReading,
  now: number,
  limits: RecoveryLimits,
): { readonly memory: RecoveryMemory; readonly actions: readonly RecoveryAction[] } {
  if (memory.isDraining) return { memory, actions: [] };
  const actions: RecoveryAction[] = [];
  const restartedAt = memory.restartedAt.filter((at) => at > now - hourMs);
  const stuck = reading.stuck.filter(({ forMs }) => forMs >= limits.stuckMs);
  const incurable: string[] = [];
  for (const { actor, type, forMs } of stuck) {
    const why = `${actor} has been at '${type}' for ${Math.round(forMs / 1000)} s`;
    if (restartedAt.length >= limits.restartsPerHour) incurable.push(why);
    else {
      restartedAt.push(now);
      actions.push({ do: "restart", actor, why });
    }
  }
  const load = loadOf(reading, limits);
  const overloaded = load === "over" ? memory.overloaded + 1 : 0;
  const relieved = load === "under" ? memory.relieved + 1 : 0;
  let { isShedding } = memory;
  if (!isShedding && overloaded >= agreeing) {
    isShedding = true;
    actions.push({ do: "shed", why: whyOver(reading, limits) });
  } else if (isShedding && relieved >= agreeing) {
    isShedding = false;
    actions.push({ do: "take" });
  }
  const silent = reading.nats.connected && reading.nats.roundTripMs === undefined;
  const unanswered = silent ? memory.unanswered + 1 : 0;
  let { reconnectedAt } = memory;
  const mayReconnect = reconnectedAt === undefined || now - reconnectedAt >= limits.reconnectMs;
  if (unanswered >= agreeing && mayReconnect) {
    reconnectedAt = now;
    actions.push({ do: "reconnect", why: "the connection to NATS is there, but nothing answers" });
  }
  const isExhausted = reading.memory >= limits.drainMemory;
  const exhaustedSince = isExhausted ? (memory.exhaustedSince ?? now) : undefined;
  const why =
    exhaustedSince !== undefined && now - exhaustedSince >= limits.drainMs
      ? "its memory has been at its end for too long"
      : incurable[0] && `${incurable[0]}, and restarts have not helped`;
  if (why !== undefined) actions.push({ do: "drain", why });
  return {
    memory: {
      isShedding,
      isDraining: why !== undefined,
      overloaded,
      relieved,
      unanswered,
      reconnectedAt,
      exhaustedSince,
      restartedAt,
    },
    actions,
  };
}

/** Between the two bounds nothing changes, so that a node does not waver. */
function loadOf(
  { memory, mailbox }: HealthReading,
  limits: RecoveryLimits,
): "over" | "under" | "between" {
  if (memory >= limits.shedMemory || mailbox.share >= limits.shedMailbox) return "over";
  return memory < limits.takeMemory && mailbox.share < limits.takeMailbox ? "under" : "between";
}

function whyOver({ memory, mailbox }: HealthReading, { shedMemory }: RecoveryLimits): string {
  if (memory >= shedMemory) return `it uses ${Math.round(memory * 100)} % of its memory`;
  return `the mailbox of ${mailbox.actor ?? "an actor"} is ${Math.round(mailbox.share * 100)} % full`;
}
