import type { ActorContext, Definitions } from "@troupe/actor";
import type { z } from "zod";
import { checkSpec } from "../check-spec.ts";
import { type Addressee, conduct, seat } from "../session/conduct.ts";
import type { Delegation } from "./delegation.ts";
import { jobShape, openJob, type PartialPolicy, suffices } from "./job.ts";
import { type LeadAssignment, lead } from "./lead.ts";
import { type Aggregation, type JobOutcome, jobOutcome } from "./outcome.ts";
import type { Delegated, WorkerMessages } from "./protocol.ts";

/** Most entries of a delegation map. */
const mapLimit = 10_000;

/** Somebody who does leaves, or has them done by a team of its own. */
export type Worker = Addressee<WorkerMessages>;

/** What is to be done, and how it is put together. */
export interface JobSpec<Result, Sum> {
  /** Names the job in reports and records. */
  readonly id: string;
  /** Conversation that the job belongs to; goes with the work and into the outcome. */
  readonly conversation?: string;
  /** 1 to 10,000 pieces that can be done apart: JSON data, as workers understand them. */
  readonly leaves: readonly unknown[];
  /** What a result must look like; any other is a failure of its leaf. */
  readonly result: z.ZodType<Result>;
  readonly aggregation: Aggregation<Result, Sum>;
  /** Milliseconds until the job ends without what is missing; at most a day. */
  readonly deadlineMs: number;
  /** Milliseconds that a worker may be silent before its leaves go to others. Default: a quarter of the deadline. */
  readonly patienceMs?: number;
  /** How often a silent worker is told again within that time: 0 to 20. Default 2. */
  readonly recalls?: number;
  /** Most leaves that one worker is given at once. Default 100. */
  readonly share?: number;
  /** How often a leaf is delegated before it is given up: 1 to 10. Default 3. */
  readonly attempts?: number;
  /** Most levels of delegation: 1 for a team without teams below it, at most 8. Default 3. */
  readonly depth?: number;
  /** Whether an aggregate of some leaves counts. Default `refuse`. */
  readonly partial?: PartialPolicy;
  /** W3C traceparent of the span that the job is part of. Default: the message at hand. */
  readonly trace?: string;
}

/** Where in a hierarchy somebody leads. */
export interface Level {
  /** 1 for who holds the job. */
  readonly depth: number;
  readonly deepest: number;
  /** Addresses of who leads above, outermost first. */
  readonly above: readonly string[];
}

/**
 * Has leaves done by a team and puts the results together.
 *
 * An ephemeral lead, child of the calling actor, does the work. Workers that have teams delegate further, down to `depth`.
 * Results come up leaf by leaf, and the first of each counts: however often a leaf was delegated, done and reported, it is in
 * the aggregate once. What a worker held goes to others when it stops, when its node is lost, when it declines, fails, or is
 * silent for `patienceMs`, up to `attempts` times. It ends when every leaf is settled, at the latest at the deadline by the
 * clock port, and tells workers to let go.
 *
 * A leaf may be done more than once (that is what re-delegation means), at the same time, too: write effects once under the
 * leaf's own name.
 *
 * @param team at most 1000 workers
 * @throws InvalidSpecError when the spec is wrong or a worker is named twice
 * @throws InterruptedError when the calling actor stops first
 */
export async function delegate<D extends Definitions, Result, Sum>(
  context: ActorContext<D>,
  spec: JobSpec<Result, Sum>,
  team: readonly Worker[],
): Promise<JobOutcome<Sum>> {
  const { depth: deepest } = checkSpec(jobShape.pick({ depth: true }), "job", spec.id, spec);
  const level = { depth: 1, deepest, above: [] };
  const map = new Map<string, Delegated>();
  const delegation = await leadTeam(context, spec, team, level, {
    counted: () => {},
    mapped: (delegated) => {
      for (const one of delegated) if (map.has(one.id) || map.size < mapLimit) map.set(one.id, one);
    },
  });
  const { conversation, aggregation } = spec;
  return jobOutcome(delegation, aggregation, { conversation, delegated: [...map.values()] });
}

/** Who is told how it goes: of each leaf that is counted, of each assignment that is made or has ended. */
type Progress = Pick<LeadAssignment, "counted" | "mapped"> & { readonly signal?: AbortSignal };

/** Leads one team at any level, to the end or until `signal`. */
export async function leadTeam<D extends Definitions>(
  context: ActorContext<D>,
  spec: Omit<JobSpec<unknown, unknown>, "aggregation" | "depth">,
  team: readonly Worker[],
  level: Level,
  { counted, mapped, signal }: Progress,
): Promise<Delegation> {
  const { id, conversation, leaves, result } = spec;
  const checked = checkSpec(jobShape, "job", id, { ...spec, depth: level.deepest });
  const names = team.map(({ member }) => member);
  const job = openJob(checked, leaves.length, names);
  const { deadlineMs, recalls } = checked;
  return conduct(
    context,
    {
      kind: "job",
      subject: ["job", id],
      name: `delegate ${id}`,
      attributes: {
        "troupe.job": id,
        "troupe.job.leaves": leaves.length,
        "troupe.job.workers": names.length,
        "troupe.job.depth": level.depth,
        ...(conversation === undefined ? {} : { "troupe.conversation": conversation }),
      },
      trace: spec.trace,
      succeeded: (delegation) => suffices(job, countedIn(delegation)),
      describe: (delegation: Delegation) => ({
        "troupe.job.counted": countedIn(delegation),
        "troupe.job.assignments": delegation.assignments.size,
        "troupe.job.lost": delegation.lost.size,
        "troupe.job.refused": delegation.refusedCount,
      }),
    },
    (report, trace) =>
      lead({
        job,
        work: leaves,
        result,
        ...level,
        conversation,
        deadlineMs,
        patienceMs: checked.patienceMs ?? Math.max(1, Math.floor(deadlineMs / 4)),
        recalls,
        addresses: new Map(team.map(({ member, ref }) => [member, ref.address])),
        tokens: new Map(seat(context, names).map(({ party, token }) => [party, token])),
        trace,
        signal,
        counted,
        mapped,
        report,
      }),
  );
}

function countedIn({ leaves }: Delegation): number {
  return leaves.filter(({ at }) => at === "counted").length;
}
