import type { GoalDocument } from "./goal.ts";
import type { GoalPhase } from "./phases.ts";
import type {
  GoalTask,
  PlanExperience,
  RecordedBid,
  RecordedContingency,
  RecordedProposal,
  RecordedVote,
  TaskError,
} from "./records.ts";

/** Where a task stands; `asked`: people have been asked to approve. The last three are final. */
export type TaskStatus = "waiting" | "awarded" | "asked" | "done" | "failed" | "skipped";

/** An attempt at a task that an agent has taken on. Two while a second copy races the first. */
interface TaskRun {
  readonly attempt: number;
  readonly lot: string;
  readonly winner: string;
}

/** An answer to an agent that asked. */
interface TaskApproval {
  readonly approved: boolean;
  readonly by: string;
  readonly note: string | null;
}

/** Where one task stands. */
export interface TaskState extends Omit<GoalTask, "copies"> {
  /** The task of the plan that this is a copy of, and which. */
  readonly of?: string;
  /** Which copy of that task this is. */
  readonly copy?: number;
  readonly status: TaskStatus;
  /** Tries so far, the present one included; 0 before the first award. */
  readonly attempts: number;
  /** Tries that ended because the agent was lost: the task is not to blame for these. */
  readonly interruptions: number;
  /** The other failures so far, counted by class. Default none. */
  readonly failures?: Readonly<Record<string, number>>;
  readonly runs: readonly TaskRun[];
  /** The agent that has it, or had it last. */
  readonly winner?: string;
  /** What the winner is paid, in the unit of the bids. */
  readonly price?: number;
  /** Those of the last auction. */
  readonly bids: readonly RecordedBid[];
  /** What people are asked, while the task waits for them. */
  readonly question?: string;
  /** What people have answered to the agent that does it. */
  readonly approvals?: readonly TaskApproval[];
  /** Milliseconds since the epoch. */
  readonly awardedAt?: number;
  /** Milliseconds since the epoch. */
  readonly endedAt?: number;
  readonly durationMs?: number;
  /** What it found out or made, as its tool returned it. */
  readonly facts?: unknown;
  /** Why it failed last. */
  readonly error?: TaskError;
  /** Why the plan was not repaired for it. */
  readonly unrepaired?: string;
  /** The dependency that ended it before it was tried. */
  readonly because?: string;
}

export interface Replanning {
  readonly at: number;
  readonly cause: string;
  readonly class: string;
  readonly strategy: string;
  /** The contingency that was taken, if one was. */
  readonly contingency?: string;
  readonly kept: readonly string[];
  readonly removed: readonly string[];
  readonly added: readonly string[];
  readonly learned: unknown;
}

/** A failure that the plan must be repaired for before anything else begins. */
export interface PendingRepair {
  readonly task: string;
  readonly error: TaskError;
  readonly class: string;
  readonly strategy: string;
  /** Whether analysts are asked what to make of it first. Default false. */
  readonly confers?: boolean;
  /** It is not repaired earlier, milliseconds since the epoch. */
  readonly notBefore: number;
}

/** What analysts agreed on about a failure. */
interface Conferred {
  readonly agreement: Readonly<Record<string, unknown>>;
  readonly confidence: number;
}

/** How a goal ends once what was done is undone. */
export interface Compensation {
  readonly outcome: "failed" | "cancelled";
  readonly error?: TaskError;
}

/** Everything that is decided about a goal: the fold of its journal. Plain data. */
export interface GoalState {
  readonly id: string;
  readonly phase: GoalPhase;
  readonly goal: GoalDocument;
  /** Position in the goal stream of the delivery under which the goal is coordinated. */
  readonly sequence: number;
  /** Identity of the goal's root span (W3C traceparent). */
  readonly trace: string;
  /** The publisher's own span, when it sent one (W3C traceparent). */
  readonly publisher?: string;
  /** Node of the present coordinator. */
  readonly coordinator: string;
  /** How often another coordinator went on with it. */
  readonly resumed: number;
  /** How often it was resumed since anything else was decided. */
  readonly takeovers: number;
  /** Nobody coordinates the goal: it waits for people. */
  readonly suspended: boolean;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
  /** When its newest record was written, milliseconds since the epoch. */
  readonly updatedAt: number;
  readonly tasks: Readonly<Record<string, TaskState>>;
  /** How many tasks stand where; replaced ones count as what they are. */
  readonly counts: Readonly<Record<TaskStatus, number>>;
  /** What its analysts agreed on. */
  readonly agreement?: unknown;
  readonly proposals: readonly RecordedProposal[];
  readonly votes: readonly RecordedVote[];
  /** How sure that is, 0 to 1. */
  readonly agreementConfidence?: number;
  /** As its kind made it. */
  readonly plan?: unknown;
  /** How likely the plan is to succeed, 0 to 1. */
  readonly planConfidence?: number;
  readonly criticalPath: readonly string[];
  readonly risks: readonly string[];
  readonly contingencies: readonly RecordedContingency[];
  /** What was known of task types when the plan was made. */
  readonly experience?: PlanExperience;
  readonly replannings: readonly Replanning[];
  /** In the order in which they are to be repaired. */
  readonly pendingRepairs: readonly PendingRepair[];
  /** By the task that failed. Default: none. */
  readonly conferred?: Readonly<Record<string, Conferred>>;
  /** Why somebody wants it cancelled. */
  readonly cancelRequested?: string;
  /** There while what was done is being undone. */
  readonly compensation?: Compensation;
  /** There once it has succeeded. */
  readonly result?: unknown;
  /** True when tasks failed or were left out that were allowed to. */
  readonly partial?: boolean;
  /** Why it failed. */
  readonly error?: TaskError;
  /** How and when it ended, once nothing else is kept of it. */
  readonly expired?: {
    readonly outcome: "succeeded" | "failed" | "cancelled";
    readonly endedAt: number;
  };
}

/** A goal before its first record. */
export function unknownGoal(id: string): GoalState {
  return {
    id,
    phase: "unknown",
    goal: { kind: "" },
    sequence: 0,
    trace: "",
    coordinator: "",
    resumed: 0,
    takeovers: 0,
    suspended: false,
    acceptedAt: 0,
    updatedAt: 0,
    tasks: {},
    counts: { waiting: 0, awarded: 0, asked: 0, done: 0, failed: 0, skipped: 0 },
    proposals: [],
    votes: [],
    criticalPath: [],
    risks: [],
    contingencies: [],
    replannings: [],
    pendingRepairs: [],
  };
}

/** Whether a task will not change any more. */
export function isSettled({ status }: TaskState): boolean {
  return status === "done" || status === "failed" || status === "skipped";
}

/** A failed task that a repaired plan does without. */
export function isReplaced({ id }: TaskState, { replannings }: GoalState): boolean {
  return replannings.some(({ removed }) => removed.includes(id));
}
