import type { Job } from "./job.ts";

/** Most refused reports kept as evidence; beyond it they are only counted. */
const evidenceLimit = 1000;

/**
 * How an assignment ended: all its leaves are settled (`done`); the worker or its node is gone (`lost`), did not want it
 * (`declined`), or said nothing for too long (`silent`).
 */
type AssignmentEnd = "done" | "lost" | "declined" | "silent";

/** Leaves that one worker was given together. */
export interface Assignment {
  readonly id: string;
  readonly worker: string;
  readonly leaves: readonly number[];
  /** Undefined while it is open. */
  readonly ended?: AssignmentEnd;
}

/** One leaf: how often it was delegated, and where it stands. */
type Leaf = { readonly attempts: number } & (
  | { readonly at: "waiting" }
  | { readonly at: "delegated"; readonly assignment: string }
  | { readonly at: "counted"; readonly by: string; readonly result: unknown }
  | { readonly at: "given-up"; readonly why: string }
);

/** What a worker says of one leaf. */
export type LeafReport =
  | { readonly leaf: number; readonly result: unknown }
  | { readonly leaf: number; readonly failure: string };

/** What a worker says of an assignment. */
export interface Report {
  readonly job: string;
  readonly assignment: string;
  readonly worker: string;
  readonly leaves: readonly LeafReport[];
  /** Why the worker does not do the rest. */
  readonly declined?: string | undefined;
}

/**
 * Why a report, or what it says of a leaf, was not taken.
 *
 * - `wrong-job`; `foreign`: by nobody of the team; `forged`: in a worker's name, but not by it.
 * - `undelegated`: about an assignment, or a leaf of it, that the worker was never given.
 * - `contradictory`: another result than the one that the same worker gave before; the first stands.
 */
export type ReportRefusal = "wrong-job" | "foreign" | "forged" | "undelegated" | "contradictory";

/** A report that was not taken. `sender` is who sent it, if that is not the worker that it names. */
export interface RefusedReport {
  readonly why: ReportRefusal;
  readonly worker: string;
  readonly assignment: string;
  readonly leaf?: number;
  readonly sender?: string;
}

/** A job under way. Plain data; every change makes a new value. */
export interface Delegation {
  readonly job: Job;
  readonly leaves: readonly Leaf[];
  /** All that were ever made, by id, in the order in which they were. */
  readonly assignments: ReadonlyMap<string, Assignment>;
  /** Workers that are gone for good. */
  readonly lost: ReadonlySet<string>;
  /** Results that came for leaves which another worker's result was counted for: work done in vain. */
  readonly spare: number;
  readonly refused: readonly RefusedReport[];
  readonly refusedCount: number;
}

/** A job of which nothing is delegated yet. */
export function openDelegation(job: Job): Delegation {
  return {
    job,
    leaves: Array.from({ length: job.size }, () => ({ at: "waiting", attempts: 0 })),
    assignments: new Map(),
    lost: new Set(),
    spare: 0,
    refused: [],
    refusedCount: 0,
  };
}

/**
 * Gives leaves that wait to workers that have nothing to do: in equal shares, the least tried first, to those first who
 * have failed least. A worker that has tried a leaf gets it again only when all that are left have.
 */
export function assignLeaves(delegation: Delegation): {
  readonly delegation: Delegation;
  readonly made: readonly Assignment[];
} {
  const { job } = delegation;
  const idle = idleWorkers(delegation);
  const waiting = [...delegation.leaves.keys()]
    .filter((leaf) => delegation.leaves[leaf]?.at === "waiting")
    .toSorted((a, b) => attemptsAt(delegation, a) - attemptsAt(delegation, b));
  const leaves = [...delegation.leaves];
  const assignments = new Map(delegation.assignments);
  const made: Assignment[] = [];
  let left = waiting;
  const living = job.team.filter((worker) => !delegation.lost.has(worker));
  const tried = new Map(living.map((worker) => [worker, triedBy(delegation, worker)]));
  const isFor = (worker: string, leaf: number): boolean =>
    tried.get(worker)?.has(leaf) !== true || living.every((one) => tried.get(one)?.has(leaf));
  for (const [place, worker] of idle.entries()) {
    if (left.length === 0) break;
    const share = Math.min(job.share, Math.ceil(left.length / (idle.length - place)));
    const taken = left.filter((leaf) => isFor(worker, leaf)).slice(0, share);
    if (taken.length === 0) continue;
    const gone = new Set(taken);
    left = left.filter((leaf) => !gone.has(leaf));
    const id = String(assignments.size + 1);
    const assignment: Assignment = { id, worker, leaves: taken };
    assignments.set(id, assignment);
    made.push(assignment);
    for (const leaf of taken) {
      leaves[leaf] = {
        at: "delegated",
        assignment: id,
        attempts: attemptsAt(delegation, leaf) + 1,
      };
    }
  }
  return { delegation: { ...delegation, leaves, assignments }, made };
}

/**
 * Takes what a worker says of its leaves. The first result of a leaf counts, whoever of those that it was delegated to
 * gives it; so each counts once, however often it was delegated and reported.
 *
 * @param impostor address of the actor that sent it, if that is not the worker it names
 */
export function receiveReport(
  delegation: Delegation,
  report: Report,
  impostor?: string,
): Delegation {
  const { job, assignments } = delegation;
  const { worker } = report;
  const refuse = (so: Delegation, why: ReportRefusal, leaf?: number): Delegation =>
    refused(so, {
      why,
      worker,
      assignment: report.assignment,
      ...(leaf === undefined ? {} : { leaf }),
      ...(impostor === undefined ? {} : { sender: impostor }),
    });
  if (report.job !== job.id) return refuse(delegation, "wrong-job");
  if (!job.team.includes(worker)) return refuse(delegation, "foreign");
  if (impostor !== undefined) return refuse(delegation, "forged");
  const assignment = assignments.get(report.assignment);
  if (assignment?.worker !== worker) return refuse(delegation, "undelegated");
  const leaves = [...delegation.leaves];
  let next: Delegation = { ...delegation, leaves };
  for (const said of report.leaves) {
    const leaf = leaves[said.leaf];
    if (leaf === undefined || !assignment.leaves.includes(said.leaf)) {
      next = refuse(next, "undelegated", said.leaf);
    } else if ("result" in said) {
      const { result } = said;
      if (leaf.at !== "counted") {
        leaves[said.leaf] = { at: "counted", attempts: leaf.attempts, by: worker, result };
      } else if (leaf.by !== worker) next = { ...next, spare: next.spare + 1 };
      else if (JSON.stringify(leaf.result) !== JSON.stringify(result)) {
        next = refuse(next, "contradictory", said.leaf);
      }
    } else if (isHeldBy(leaf, assignment)) {
      leaves[said.leaf] = putBack(job, leaf, said.failure);
    }
  }
  return report.declined === undefined
    ? endSettled(next)
    : endAssignment(next, assignment.id, "declined", report.declined);
}

/** Gives up on a worker for good: what it held goes to others. */
export function loseWorker(delegation: Delegation, worker: string): Delegation {
  if (delegation.lost.has(worker)) return delegation;
  const held = openAssignments(delegation).filter((one) => one.worker === worker);
  const without: Delegation = { ...delegation, lost: new Set([...delegation.lost, worker]) };
  return held.reduce<Delegation>(
    (so, { id }) => endAssignment(so, id, "lost", `${worker} is gone`),
    without,
  );
}

/** Stops waiting for an assignment: its leaves go to others. What still comes of it counts if nobody was faster. */
export function passOver(delegation: Delegation, assignment: string): Delegation {
  return endAssignment(delegation, assignment, "silent", "nobody answered in time");
}

/** Those that are not over. */
export function openAssignments({ assignments }: Delegation): readonly Assignment[] {
  return [...assignments.values()].filter(({ ended }) => ended === undefined);
}

/** Whether nothing can change any more: every leaf is counted or given up, or nobody is left to do the rest. */
export function isSettled(delegation: Delegation): boolean {
  const { job, lost, leaves } = delegation;
  if (job.team.every((worker) => lost.has(worker))) return true;
  return leaves.every(({ at }) => at === "counted" || at === "given-up");
}

function endAssignment(
  delegation: Delegation,
  id: string,
  ended: AssignmentEnd,
  why: string,
): Delegation {
  const assignment = delegation.assignments.get(id);
  if (assignment === undefined || assignment.ended !== undefined) return delegation;
  const leaves = [...delegation.leaves];
  for (const at of assignment.leaves) {
    const leaf = leaves[at];
    if (leaf !== undefined && isHeldBy(leaf, assignment)) {
      leaves[at] = putBack(delegation.job, leaf, why);
    }
  }
  const assignments = new Map(delegation.assignments).set(id, { ...assignment, ended });
  return endSettled({ ...delegation, leaves, assignments });
}

/** Ends assignments of which no leaf is open: others may have settled them, too. */
function endSettled(delegation: Delegation): Delegation {
  const over = openAssignments(delegation).filter((assignment) =>
    assignment.leaves.every((at) => {
      const leaf = delegation.leaves[at];
      return leaf === undefined || !isHeldBy(leaf, assignment);
    }),
  );
  if (over.length === 0) return delegation;
  const assignments = new Map(delegation.assignments);
  for (const assignment of over) assignments.set(assignment.id, { ...assignment, ended: "done" });
  return { ...delegation, assignments };
}

function isHeldBy(leaf: Leaf, { id }: Assignment): boolean {
  return leaf.at === "delegated" && leaf.assignment === id;
}

function putBack(job: Job, { attempts }: Leaf, why: string): Leaf {
  return attempts < job.attempts ? { at: "waiting", attempts } : { at: "given-up", attempts, why };
}

function idleWorkers(delegation: Delegation): readonly string[] {
  const busy = new Set(openAssignments(delegation).map(({ worker }) => worker));
  const failures = (worker: string): number =>
    [...delegation.assignments.values()].filter(
      (one) => one.worker === worker && one.ended !== undefined && one.ended !== "done",
    ).length;
  const known = new Map(delegation.job.team.map((worker) => [worker, failures(worker)]));
  return delegation.job.team
    .filter((worker) => !busy.has(worker) && !delegation.lost.has(worker))
    .toSorted((a, b) => (known.get(a) ?? 0) - (known.get(b) ?? 0));
}

function triedBy({ assignments }: Delegation, worker: string): ReadonlySet<number> {
  return new Set(
    [...assignments.values()].flatMap((one) => (one.worker === worker ? one.leaves : [])),
  );
}

function attemptsAt({ leaves }: Delegation, leaf: number): number {
  return leaves[leaf]?.attempts ?? 0;
}

function refused(delegation: Delegation, one: RefusedReport): Delegation {
  const { refused: kept } = delegation;
  return {
    ...delegation,
    refusedCount: delegation.refusedCount + 1,
    refused: kept.length < evidenceLimit ? [...kept, one] : kept,
  };
}
