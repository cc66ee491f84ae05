import { z } from "zod";

/** What was measured of a node at one moment. */
export interface HealthReading {
  /** It takes part: it has started, and does not leave. */
  readonly active: boolean;
  /** Share of the processors that its process may use, 0 to 1. */
  readonly cpu: number;
  /** Share of the memory that its process may use, 0 to 1. */
  readonly memory: number;
  /** How late callbacks run, seconds. */
  readonly lagSeconds: number;
  readonly nats: {
    /** What the client says. */
    readonly connected: boolean;
    /** Until the server answered, milliseconds; undefined when it did not in time. */
    readonly roundTripMs: number | undefined;
  };
  /** Until the journal answered, milliseconds; undefined when it did not in time. */
  readonly journalMs: number | undefined;
  /** The fullest mailbox: how full, 0 to 1, and whose. */
  readonly mailbox: { readonly share: number; readonly actor: string | undefined };
  /** Actors at one message for too long while others wait. */
  readonly stuck: readonly StuckActor[];
  /** Alerts that fire, but for those about health itself. */
  readonly alerts: number;
}

export interface StuckActor {
  readonly actor: string;
  /** Type of the message. */
  readonly type: string;
  readonly forMs: number;
}

const checkSchema = z.object({
  name: z.enum(["connectivity", "journal", "cpu", "memory", "event loop", "mailboxes", "actors"]),
  status: z.enum(["pass", "warn", "fail"]),
  detail: z.string(),
});

/** How a node is. */
export const healthSchema = z.object({
  /** 0 to 100. */
  score: z.number(),
  /** `healthy` from 80, `degraded` from 50, else `unhealthy`. */
  status: z.enum(["healthy", "degraded", "unhealthy"]),
  checks: z.array(checkSchema),
  /** What the score lost, and to what. */
  deductions: z.array(z.object({ points: z.number(), because: z.string() })),
});
export type Health = z.output<typeof healthSchema>;
type HealthCheck = z.output<typeof checkSchema>;

/** Lag from which a node counts as hardly answering, and as not answering, seconds. */
const lagWarn = 0.2;
const lagFail = 1;
/** Fullness of a mailbox from which to worry. */
const mailboxWarn = 0.5;
const mailboxFail = 0.8;
/** Stuck actors that a check names; the others it counts. */
const stuckNamed = 5;
/** Round trips slower than this are worth a word, milliseconds. */
const slowMs = 500;

/**
 * How a node is, from its last readings, oldest first.
 *
 * The score begins at 100. Mean processor use over 80 % costs 30, over 60 % 15; mean memory over 85 %
 * costs 25, over 70 % 10; a node that takes no part costs 50; each alert that fires 10. It does not leave
 * 0 to 100. Without any reading it is 0. A node that reaches neither NATS nor the journal takes no part.
 */
export function assess(readings: readonly HealthReading[]): Health {
  const last = readings.at(-1);
  if (last === undefined) {
    return { score: 0, status: "unhealthy", checks: [], deductions: [] };
  }
  const cpu = meanOf(readings, (reading) => reading.cpu);
  const memory = meanOf(readings, (reading) => reading.memory);
  const deductions: { points: number; because: string }[] = [];
  const deduct = (points: number, because: string): void => {
    if (points > 0) deductions.push({ points, because });
  };
  deduct(cpu > 0.8 ? 30 : cpu > 0.6 ? 15 : 0, `it uses ${percent(cpu)} of its processors`);
  deduct(memory > 0.85 ? 25 : memory > 0.7 ? 10 : 0, `it uses ${percent(memory)} of its memory`);
  deduct(takesPart(last) ? 0 : 50, whyNoPart(last));
  deduct(last.alerts * 10, `${last.alerts} alert(s) fire`);
  const lost = deductions.reduce((sum, { points }) => sum + points, 0);
  const score = Math.max(0, Math.min(100, 100 - lost));
  const status = score >= 80 ? "healthy" : score >= 50 ? "degraded" : "unhealthy";
  return { score, status, checks: checksOf(last, cpu, memory), deductions };
}

/** Whether a node can do its part: it is active and reaches what it depends on. */
export function takesPart({ active, nats, journalMs }: HealthReading): boolean {
  return active && nats.connected && nats.roundTripMs !== undefined && journalMs !== undefined;
}

function whyNoPart({ active, nats }: HealthReading): string {
  if (!active) return "it takes no goals";
  return nats.connected && nats.roundTripMs !== undefined
    ? "it does not reach the journal"
    : "it does not reach NATS";
}

function checksOf(reading: HealthReading, cpu: number, memory: number): HealthCheck[] {
  const { nats, journalMs, lagSeconds, mailbox, stuck } = reading;
  const { roundTripMs } = nats;
  const reached = nats.connected && roundTripMs !== undefined;
  return [
    {
      name: "connectivity",
      status: reached ? graded(roundTripMs, slowMs) : "fail",
      detail: reached
        ? `NATS answers in ${Math.round(roundTripMs)} ms`
        : nats.connected
          ? "NATS does not answer"
          : "no connection to NATS",
    },
    {
      name: "journal",
      status: journalMs === undefined ? "fail" : graded(journalMs, 2 * slowMs),
      detail:
        journalMs === undefined
          ? "the journal does not answer"
          : `the journal answers in ${Math.round(journalMs)} ms`,
    },
    { name: "cpu", status: graded(cpu, 0.6, 0.8), detail: `${percent(cpu)} of its processors` },
    {
      name: "memory",
      status: graded(memory, 0.7, 0.85),
      detail: `${percent(memory)} of its memory`,
    },
    {
      name: "event loop",
      status: graded(lagSeconds, lagWarn, lagFail),
      detail: `callbacks run ${Math.round(lagSeconds * 1000)} ms late`,
    },
    {
      name: "mailboxes",
      status: graded(mailbox.share, mailboxWarn, mailboxFail),
      detail:
        mailbox.actor === undefined
          ? "nothing waits"
          : `the fullest is ${mailbox.actor}'s, ${percent(mailbox.share)} full`,
    },
    {
      name: "actors",
      status: stuck.length === 0 ? "pass" : "fail",
      detail: stuck.length === 0 ? "none is stuck" : stuckText(stuck),
    },
  ];
}

function stuckText(stuck: readonly StuckActor[]): string {
  const named = stuck
    .slice(0, stuckNamed)
    .map(
      ({ actor, type, forMs }) =>
        `${actor} has been at '${type}' for ${Math.round(forMs / 1000)} s`,
    );
  const more = stuck.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more are stuck`] : [])].join("; ");
}

function graded(
  value: number,
  warn: number,
  fail = Number.POSITIVE_INFINITY,
): HealthCheck["status"] {
  if (value > fail) return "fail";
  return value > warn ? "warn" : "pass";
}

function meanOf(
  readings: readonly HealthReading[],
  of: (reading: HealthReading) => number,
): number {
  return readings.reduce((sum, reading) => sum + of(reading), 0) / readings.length;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
