import type { FaultKind } from "./fault-kinds.ts";
import type { FaultCounts } from "./injection.ts";
import type { FleetNews } from "./node-fleet.ts";
import type { StormProgress } from "./storm.ts";
import type { CourseEvent, Verdict } from "./verdict.ts";

/** What `troupe chaos` is asked to do. */
export interface ChaosPlan {
  readonly seed: number;
  readonly kind: string;
  readonly goals: number;
  readonly nodes: number;
  readonly minutes: number;
  readonly kill: readonly FaultKind[];
  readonly everySeconds: number;
}

/** What it tells on the way; with `--json`, one line each. */
export type ChaosNews =
  | ({ readonly type: "plan" } & ChaosPlan)
  | ({ readonly type: "node" } & FleetNews)
  /** `pid` and `version` are those of the nats-server; all files are below `directory`. */
  | {
      readonly type: "up";
      readonly directory: string;
      readonly pid: number | undefined;
      readonly version: string;
    }
  /** `at`: milliseconds since the epoch; `downMs` and `forMs` as of a {@link Fault}. */
  | {
      readonly type: "fault";
      readonly at: number;
      readonly kind: FaultKind;
      readonly node?: string;
      readonly downMs?: number;
      readonly forMs?: number;
    }
  | ({ readonly type: "progress"; readonly goals: number } & StormProgress)
  /** At the end: the journal of a goal that the verdict names, since the files are removed. */
  | {
      readonly type: "course";
      readonly goal: string;
      readonly events: readonly CourseEvent[];
    };

/** What came of it. */
export interface ChaosReport extends ChaosPlan, Verdict {
  readonly faults: FaultCounts;
  /** Faults left out since there was nothing up to strike. */
  readonly skipped: number;
  /** Nodes that ended by themselves. */
  readonly crashes: number;
  /** From the first goal to the last end, or to when it was given up. */
  readonly seconds: number;
  readonly goalsPerSecond: number;
}
