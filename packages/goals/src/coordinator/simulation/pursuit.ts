import type { SimulatedScenario } from "@troupe/coordination/simulation";
import type { Plan } from "@troupe/planning";
import { applyRecords } from "../../goal/apply-records.ts";
import { droppedTasks } from "../../goal/dropped-tasks.ts";
import { hasEnded } from "../../goal/phases.ts";
import type { GoalRecord, TaskError } from "../../goal/records.ts";
import { type GoalState, isReplaced, type TaskState, unknownGoal } from "../../goal/state.ts";
import { nextStep } from "../../goal/steps.ts";
import type { Conference, GoalKind } from "../../kinds/kind.ts";
import { courseOf, decisionOf, plannedRecord } from "../decisions.ts";
import { answerFailure } from "../failure.ts";
import { travelKind, type Way } from "./travel-kind.ts";

type World = Parameters<SimulatedScenario["begin"]>[0];
type Replanned = Extract<GoalRecord, { type: "replanned" }>;

/** Far more than any goal needs: beyond it, it never ends. */
const decisionLimit = 300;
/** The rules as the documents state them, on purpose not taken from the code that is tried. */
const surerThan = 0.6;
const mostRepairs = 5;
const waitsMs = [0, 1000, 2000, 4000, 8000];
const probabilities = [0.5, 0.6, 0.9, 0.95, 0.98, 0.99, 1, 1];
const failures: readonly TaskError[] = [
  { code: "broken", message: "it broke", retryable: false },
  { code: "ECONNRESET", message: "reset", retryable: true },
  { code: "ENOSPC", message: "full", retryable: false },
  { code: "quality-gate-failed", message: "bad", retryable: false },
];
/** What a failure says that analysts have to agree on first. */
const inDispute = "in dispute";
/** How many failures of the quality gate are. */
const disputed = 0.6;
const conference: Conference = {
  quorum: 3,
  concerns: ({ details }) => details === inDispute,
  subject: () => ({}),
  readField: (_failure, _field, value) => ({ key: String(value), value }),
  fallback: () => "keep",
};
/** How often a task of a way to travel fails, whatever the domain declares. */
const failing = 0.6;

/** One goal from its plan to its end, with what must hold of each decision. */
export class Pursuit {
  readonly #world: World;
  readonly #kind: GoalKind;
  readonly #isWay: (task: TaskState) => boolean;
  #state: GoalState = unknownGoal("g");
  #now = 0;
  #failedAt = new Map<string, number>();
  /** Actions, each with its arguments, that failed of something that no repair changes. */
  readonly #broken = new Set<string>();
  readonly #answered = new Set<string>();
  /** Tasks on whose failure analysts have to agree before the plan is repaired, and those on which they have. */
  readonly #inDispute = new Set<string>();
  readonly #conferred = new Set<string>();

  constructor(world: World) {
    this.#world = world;
    const { random } = world;
    const pick = <Item>(from: readonly Item[]): Item =>
      from[Math.floor(random.next() * from.length)] as Item;
    const ways = Array.from(
      { length: 2 + Math.floor(random.next() * 8) },
      (_, i): Way => ({
        action: `way-${i}`,
        method: `by-${i}`,
        successProbability: pick(probabilities),
      }),
    );
    const classes = ["resource_exhaustion", "data_quality_failure", "unknown"] as const;
    const travelling = travelKind({
      name: "travel",
      travellers: random.next() < 0.5 ? ["a"] : ["a", "b"],
      ways,
      repairable: classes.filter(() => random.next() < 0.5),
    });
    this.#kind = random.next() < 0.7 ? { ...travelling, conference } : travelling;
    this.#isWay = ({ type }) => ways.some(({ action }) => action === type);
  }

  async run(): Promise<void> {
    const goal = { kind: "travel" };
    this.#store({ type: "accepted", goal, sequence: 1, node: "n", trace: "", tasks: [] });
    for (let decisions = 0; !hasEnded(this.#state); decisions += 1) {
      if (decisions > decisionLimit) {
        return this.#world.require(false, "every goal ends", () => `${decisions} decisions`);
      }
      await this.#advance();
    }
    this.#checkEnd();
  }

  async #advance(): Promise<void> {
    const step = nextStep(this.#state, courseOf(this.#kind, this.#state));
    if (step === undefined) return this.#work();
    if (step.do === "plan") {
      const { signal } = new AbortController();
      return this.#store(plannedRecord(await this.#kind.plan(this.#state, { signal })));
    }
    if (step.do === "deliberate") return;
    if (step.do === "confer") return this.#confer(step.failure.task);
    if (step.do === "repair") {
      const { task, notBefore } = step.failure;
      this.#checkAgreed(task);
      this.#checkWait(task, notBefore);
      this.#now = Math.max(this.#now, notBefore);
    }
    const before = this.#state;
    const decision = decisionOf(step, before, this.#kind);
    if (decision.type === "replanned") this.#checkReplanned(decision, before);
    this.#store(decision);
  }

  /** The analysts agree on a failure. */
  #confer(task: string): void {
    this.#world.trace.add("conferred", task);
    const isDue = this.#inDispute.has(task) && !this.#conferred.has(task);
    this.#world.require(isDue, "analysts agree on what is in dispute, once", () => task);
    this.#conferred.add(task);
    const settled = { agreement: { [task]: "keep" }, proposals: [], votes: [], confidence: 1 };
    this.#store({ type: "conferred", task, ...settled });
  }

  #checkAgreed(task: string): void {
    const isAgreed = !this.#inDispute.has(task) || this.#conferred.has(task);
    this.#world.require(isAgreed, "what is in dispute is agreed on before a repair", () => task);
    const known = Object.keys(this.#state.conferred ?? {});
    const isKept = [...this.#conferred].every((one) => known.includes(one));
    this.#world.require(isKept, "what was agreed on is known to all repairs that follow", () =>
      known.join(),
    );
  }

  /** Everything that can be done is, at the same time. */
  #work(): void {
    const { tasks } = this.#state;
    const ready = Object.values(tasks).filter(
      (task) =>
        task.status === "waiting" &&
        !isReplaced(task, this.#state) &&
        task.dependsOn.every((id) => tasks[id]?.status === "done"),
    );
    const ended = ready.map((task) => this.#attempt(task));
    this.#now += 100;
    this.#store(...ended);
    this.#store(...droppedTasks(this.#state));
  }

  #attempt(task: TaskState): GoalRecord {
    const { id } = task;
    const attempt = task.attempts + 1;
    const known = { task: id, attempt, by: "w" };
    const { random, trace } = this.#world;
    if (!this.#isWay(task) || random.next() > failing) {
      trace.add("done", id);
      return { type: "task-done", ...known, durationMs: 1, facts: null };
    }
    const drawn = failures[Math.floor(random.next() * failures.length)] as TaskError;
    const isDisputed = drawn.code !== "broken" && random.next() < disputed;
    const error = isDisputed ? { ...drawn, details: inDispute } : drawn;
    const answer = answerFailure(this.#state, task, this.#kind, error);
    trace.add("failed", id, error.code, answer.answer);
    const confers = answer.answer === "replan" && isDisputed && this.#kind.conference !== undefined;
    if (confers) this.#inDispute.add(id);
    this.#world.require(
      confers === (answer.confers ?? false),
      "analysts are asked about what concerns them",
      () => `${id}, ${error.code}: ${answer.answer}`,
    );
    if (answer.answer === "replan") {
      this.#failedAt.set(id, this.#now + 100);
      if (error.code !== "quality-gate-failed") this.#broken.add(keyOf(task));
    }
    return { type: "task-failed", ...known, error, ...answer };
  }

  #checkWait(task: string, notBefore: number): void {
    const waited = notBefore - (this.#failedAt.get(task) ?? 0);
    // Of two that fail at the same time, the second counts the first as answered.
    const least = Math.min(...waitsMs.slice(this.#state.replannings.length).concat(8000));
    this.#world.require(
      waited >= (this.#state.pendingRepairs.length > 1 ? 0 : this.#leastWait(task, least)),
      "each repair waits longer than the one before",
      () => `${task} is repaired ${waited} ms after it failed, ${least} at least are due`,
    );
  }

  /** A failure that waited behind another was answered when there was a repair less. */
  #leastWait(task: string, due: number): number {
    const last = this.#state.replannings.at(-1);
    return last !== undefined && last.at >= (this.#failedAt.get(task) ?? 0) ? 0 : due;
  }

  #checkReplanned(record: Replanned, before: GoalState): void {
    const { failed = "", confidence, contingency = "", tasks } = record;
    const { require: must } = this.#world;
    const require = must.bind(this.#world);
    this.#world.trace.add("replanned", failed, contingency);
    const told = (what: string) => () => `${failed}, by '${contingency}': ${what}`;
    require(confidence > surerThan, "a plan is replaced only by a surer one than 0.6", told(
      `${confidence}`,
    ));
    require(before.replannings.length < mostRepairs, "a plan is repaired five times at most", told(
      `${before.replannings.length} times before`,
    ));
    require(!this.#answered.has(
      failed,
    ), "a failure is answered once, and its contingency taken once", told("again"));
    this.#answered.add(failed);
    const again = tasks.filter(
      (task) => before.tasks[task.id] === undefined && this.#broken.has(keyOf(task)),
    );
    require(again.length === 0, "what failed for good is not planned again", told(
      again.map(keyOf).join(", "),
    ));
    const finished = Object.values(before.tasks).filter(({ status }) => status === "done");
    const { steps, executed } = record.plan as Plan;
    const history = new Set(steps.slice(0, executed).map(({ id }) => id));
    const lost = finished.filter(({ id }) => !(record.kept.includes(id) && history.has(id)));
    require(lost.length === 0, "finished work stays", told(lost.map(({ id }) => id).join(", ")));
    const prepared = before.contingencies.find(({ task }) => task === failed);
    const isFit = prepared !== undefined && prepared.confidence > surerThan;
    const isAlone = before.pendingRepairs.length === 1 && before.replannings.length === 0;
    require(contingency !== "" || !isFit || !isAlone, "a contingency comes before a search", told(
      `'${prepared?.name}' was there`,
    ));
  }

  #checkEnd(): void {
    const { phase, error, tasks } = this.#state;
    const why = error?.message ?? "";
    const isAnswered = Object.values(tasks).some(
      (task) => this.#failedAt.has(task.id) && !isReplaced(task, this.#state),
    );
    this.#world.require(
      phase !== "failed" || !isAnswered || why.includes("the plan could not be repaired: "),
      "a goal that fails says why its plan could not be repaired",
      () => why,
    );
  }

  #store(...records: readonly GoalRecord[]): void {
    if (records.length > 0) this.#state = applyRecords(this.#state, records, this.#now);
  }
}

function keyOf({ type, arguments: args }: Pick<TaskState, "type" | "arguments">): string {
  return [type, ...args].join(" ");
}
