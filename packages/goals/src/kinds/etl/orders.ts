import {
  type Block,
  type ColumnSchema,
  computedSchema,
  joinedColumns,
  joinKeys,
  partitionedSchema,
  type Remedy,
  type StoredTable,
  stepOrder,
  storedAs,
  type TableColumn,
} from "@troupe/data";
import type { GoalState, TaskState } from "../../goal/state.ts";
import type { TaskInput } from "../kind.ts";
import { isDirect, partsOf, sourceRules } from "./facts.ts";
import { etlGoalSchema } from "./goal.ts";
import {
  type Designed,
  type EtlKnowledge,
  EtlProgress,
  knowledgeOf,
  profileTask,
} from "./knowledge.ts";
import { openChecks } from "./output-checks.ts";
import { publication } from "./publication.ts";
import { faultsSchema } from "./repair.ts";

/** A source of unknown size is taken for this, until its profile tells. */
const unknownBytes = 1_000_000;
/** Work on names and types alone. */
const littleBytes = 10_000;

/** What the agent that wins a task of an ETL goal needs to do it. */
export function orderOf(task: TaskState, state: GoalState): TaskInput {
  if (task.type === "recall") {
    const { name } = etlGoalSchema.parse(state.goal);
    return { input: { dataset: name }, bytes: littleBytes };
  }
  if (task.type === "profile") {
    const { sources } = etlGoalSchema.parse(state.goal);
    const source = sources.find(({ name }) => profileTask(name) === task.id);
    return { input: { path: source?.path }, bytes: unknownBytes, cached: true };
  }
  const knowledge = knowledgeOf(state);
  const orders = new Orders(state, knowledge);
  return orders.of(task);
}

class Orders {
  readonly #state: GoalState;
  readonly #knowledge: EtlKnowledge;
  readonly #progress: EtlProgress;

  constructor(state: GoalState, knowledge: EtlKnowledge) {
    this.#state = state;
    this.#knowledge = knowledge;
    this.#progress = new EtlProgress(state, knowledge);
  }

  of(task: TaskState): TaskInput {
    const action = this.#progress.actionOf(task);
    const [first = "", second = ""] = task.arguments;
    const { profiles } = this.#knowledge;
    const bytes = profiles[first]?.source.bytes ?? unknownBytes;
    switch (action) {
      case "adapt":
        return { input: this.#adaptation(first), bytes: littleBytes };
      case "design":
        return { input: this.#design(), bytes: littleBytes };
      case "relax":
        return { input: { source: first, column: second }, bytes: littleBytes };
      case "stage":
      case "stage-parts": {
        const input = {
          profile: profiles[first],
          schema: this.#schema(first),
          ...(task.copy === undefined ? {} : { range: this.#range(first, task.copy) }),
        };
        return { input, bytes: task.copy === undefined ? bytes : bytes / this.#parts };
      }
      case "normalise":
      case "deduplicate": {
        const [input] = this.#progress.sourceFiles(first);
        return { input: { input, schema: this.#schema(first) }, bytes };
      }
      case "check-source":
        return { input: this.#sourceCheck(first), bytes };
      case "validate": {
        const [input] = this.#progress.sourceFiles(first);
        const finding = this.#fault(first, second)?.finding;
        return { input: { input, finding, referenceTime: this.#state.acceptedAt }, bytes };
      }
      case "compute":
      case "compute-parts":
        return { input: this.#compute(first, task.copy), bytes: unknownBytes };
      case "split-input":
        return { input: this.#split(first, second, "input"), bytes: unknownBytes };
      case "split-joined":
        return { input: this.#split(first, second, "joined"), bytes: unknownBytes };
      case "join-parts":
      case "join-last":
        return { input: this.#join(first, second, task.copy ?? 0), bytes: unknownBytes };
      case "conform":
        return { input: this.#conform(), bytes: unknownBytes };
      case "inspect":
        return { input: this.#inspection(), bytes: unknownBytes };
      case "blank":
      case "set-aside":
      case "drop-column":
        return { input: this.#remedy(first, action), bytes: unknownBytes };
      default:
        return {
          input: publication(this.#state, this.#knowledge, this.#progress),
          bytes: unknownBytes,
        };
    }
  }

  get #parts(): number {
    return partsOf(this.#knowledge);
  }

  get #designed(): Designed {
    const designed = this.#progress.designed;
    if (designed === undefined) throw new Error("the pipeline was not designed yet");
    return designed;
  }

  get #memory(): number {
    return this.#knowledge.goal.limits.memoryMb;
  }

  #adaptation(source: string) {
    const { before, known, drifts, goal } = this.#knowledge;
    return {
      source,
      before: before?.sources[source]?.columns ?? [],
      now: known[source],
      drifts: drifts.filter((drift) => drift.source === source),
      policy: goal.onDrift,
    };
  }

  #design() {
    const { goal, steps } = this.#knowledge;
    return {
      sources: Object.fromEntries(
        goal.sources.map(({ name }) => [
          name,
          this.#sourceColumns(name).map(({ name: column, type }) => ({ name: column, type })),
        ]),
      ),
      steps: steps.map(stepOrder),
      result: this.#knowledge.result,
      target: goal.target,
      checks: goal.checks,
      partitionBy: goal.output.partitionBy,
    };
  }

  /** A source's columns as the transformations know them, with what they are called in its files. */
  #sourceColumns(source: string): StoredTable["columns"] {
    const { profiles, goal } = this.#knowledge;
    const document = goal.sources.find((one) => one.name === source);
    const readings = this.#progress.readings(source);
    const isInPlace = document !== undefined && isDirect(this.#knowledge, document, readings);
    return readings.map(({ name, schema, type }) => {
      if (schema === null) {
        const as = (type ?? "text") as ColumnSchema["type"];
        return { name, type: storedAs(as), stored: null };
      }
      const { storage = "" } =
        profiles[source]?.columns.find((column) => column.name === schema.name) ?? {};
      // A file that is read in place keeps every digit of its decimals.
      const stored = isInPlace && storage.startsWith("DECIMAL") ? storage : storedAs(schema.type);
      return { name, type: stored, ...(schema.name === name ? {} : { stored: schema.name }) };
    });
  }

  #schema(source: string): readonly ColumnSchema[] {
    return this.#progress
      .readings(source)
      .flatMap(({ schema }) => (schema === null ? [] : [schema]));
  }

  #range(source: string, copy: number) {
    const rows = this.#knowledge.profiles[source]?.rows ?? 0;
    const from = (part: number) => Math.floor((rows * part) / this.#parts);
    return { from: from(copy) + 1, to: from(copy + 1) };
  }

  #sourceCheck(source: string) {
    const { goal, profiles } = this.#knowledge;
    const document = goal.sources.find(({ name }) => name === source);
    const versions = this.#progress.sourceVersions(source);
    const files = this.#progress.sourceFiles(source);
    const rules =
      document === undefined || files.length > 1 ? [] : sourceRules(this.#knowledge, document);
    return {
      source,
      ...(rules.length === 0 ? {} : { input: files[0] }),
      rules,
      referenceTime: this.#state.acceptedAt,
      rows: profiles[source]?.rows ?? 0,
      unreadable: versions.flatMap(({ reasons }) =>
        reasons.filter(
          ({ action, reason }) => action === "quarantined" && reason.startsWith("not "),
        ),
      ),
      limit: goal.limits.unreadable,
      declared: Object.keys(document?.columns ?? {}),
    };
  }

  #fault(at: string, name: string) {
    const learned = this.#state.replannings.flatMap(({ learned: one }) => {
      const parsed = faultsSchema.safeParse(one);
      return parsed.success ? parsed.data : [];
    });
    return learned.findLast((fault) => fault.at === at && fault.name === name);
  }

  /** A table as it lies on disk; with `part`, that part of it, if it is in parts. */
  #table(name: string, part?: number): StoredTable {
    const isSource = this.#knowledge.profiles[name] !== undefined;
    const files = isSource
      ? this.#progress.sourceFiles(name)
      : this.#progress
          .newest(["compute", "compute-parts", "join-last"], name)
          .map(({ facts }) => computedSchema.parse(facts).output);
    const own = part === undefined || files.length === 1 ? files : files.slice(part, part + 1);
    const columns = isSource ? this.#sourceColumns(name) : this.#columns(name);
    return { files: own, columns };
  }

  #columns(table: string): readonly TableColumn[] {
    return this.#designed.tables[table]?.columns ?? [];
  }

  #block(name: string): Block {
    const block = this.#knowledge.blocks.find((one) => one.name === name);
    if (block === undefined) throw new Error(`there is no block '${name}'`);
    return block;
  }

  #designOf(block: Block) {
    const tables = [...block.reads, ...[...block.arms, ...block.steps].map(({ name }) => name)];
    return Object.fromEntries(tables.map((table) => [table, this.#columns(table)]));
  }

  #compute(name: string, part: number | undefined) {
    const block = this.#block(name);
    const partOf = (table: string): StoredTable => {
      if (part === undefined) return this.#table(table);
      const split = this.#splitFiles("split-input", name, table)?.[part];
      if (split === undefined) return this.#table(table, part);
      return { files: [split], columns: this.#columns(table) };
    };
    return {
      tables: Object.fromEntries(block.reads.map((table) => [table, partOf(table)])),
      steps: [...block.arms, ...block.steps].map(stepOrder),
      design: this.#designOf(block),
      memoryMb: this.#memory,
    };
  }

  /** The files of a table that was split for a block. */
  #splitFiles(action: string, block: string, table: string): readonly string[] | undefined {
    const [task] = this.#progress.newest([action], block, table);
    return task === undefined ? undefined : partitionedSchema.parse(task.facts).outputs;
  }

  /** A table that is split for a block: one that it reads, or what was joined before `table` is. */
  #split(name: string, table: string, which: "input" | "joined") {
    const block = this.#block(name);
    const arm = block.arms.find((one) => one.with === table);
    const keys = arm === undefined ? [] : joinKeys(arm);
    const source = which === "joined" ? this.#joined(block, table) : this.#table(table);
    const names =
      arm === undefined
        ? (block.key ?? source.columns.map((column) => column.name))
        : keys.map(({ left, right }) => (which === "joined" ? left : right));
    const typeIn = (columns: readonly TableColumn[], column: string): string =>
      columns.find((one) => one.name === column)?.type ?? "VARCHAR";
    const key = names.map((column, index) => {
      const own = typeIn(source.columns, column);
      const pair = keys[index];
      if (arm === undefined || pair === undefined) return { name: column, type: own };
      const left = typeIn(this.#columns(arm.reads[0] ?? ""), pair.left);
      return { name: column, type: commonType(left, typeIn(this.#columns(arm.with), pair.right)) };
    });
    return { table: source, key, parts: this.#parts, memoryMb: this.#memory };
  }

  /** Tables that were joined in a block before one is, in the order in which they were. */
  #joinedBefore(block: Block, table: string): readonly string[] {
    const done = this.#progress.done(["join-parts"], block.name);
    const names = done.map((task) => task.arguments[1] ?? "");
    return [...new Set(names)].filter((name) => name !== table);
  }

  /** What is joined in a block before a table is; with `part`, that part of it. */
  #joined(block: Block, table: string, part?: number): StoredTable {
    const done = this.#joinedBefore(block, table);
    const last = done.at(-1);
    if (last === undefined) return this.#table(block.base, part);
    const files = this.#progress
      .newest(["join-parts"], block.name, last)
      .map(({ facts }) => computedSchema.parse(facts).output);
    const added = new Set(
      block.arms
        .filter((arm) => done.includes(arm.with))
        .flatMap((arm) => this.#added(arm).map(({ to }) => to)),
    );
    const base = new Set(this.#columns(block.base).map(({ name }) => name));
    const columns = this.#columns(block.arms.at(-1)?.name ?? "").filter(
      ({ name }) => base.has(name) || added.has(name),
    );
    return { files: part === undefined ? files : files.slice(part, part + 1), columns };
  }

  #added(arm: Block["arms"][number]) {
    return joinedColumns(arm, this.#columns(arm.reads[0] ?? ""), this.#columns(arm.with));
  }

  #join(name: string, table: string, part: number) {
    const block = this.#block(name);
    const arm = block.arms.find((one) => one.with === table);
    if (arm === undefined) throw new Error(`block '${name}' does not join '${table}'`);
    const split = this.#splitFiles("split-joined", name, table)?.[part];
    const joined = this.#joined(block, table, part);
    const right = this.#splitFiles("split-input", name, table)?.[part];
    const rightTable =
      right === undefined ? this.#table(table) : { files: [right], columns: this.#columns(table) };
    const left =
      split === undefined
        ? joined
        : {
            files: [split],
            columns: joined.columns.map(({ name: n, type }) => ({ name: n, type })),
          };
    const isOnly = block.arms.length === 1;
    if (isOnly) {
      return {
        tables: { [block.base]: left, [table]: rightTable },
        steps: [arm, ...block.steps].map(stepOrder),
        design: this.#designOf(block),
        memoryMb: this.#memory,
      };
    }
    const done = this.#joinedBefore(block, table);
    const isLast = block.arms.every((one) => one === arm || done.includes(one.with));
    return {
      joined: left,
      right: rightTable,
      arm: stepOrder(arm),
      ...(isLast
        ? { last: { name: block.arms.at(-1)?.name ?? "", steps: block.steps.map(stepOrder) } }
        : {}),
      design: this.#designOf(block),
      memoryMb: this.#memory,
    };
  }

  #conform() {
    const { goal, result } = this.#knowledge;
    return {
      table: this.#table(result),
      columns: this.#designed.fit.columns,
      onConflict: goal.onConflict,
      limit: goal.limits.setAside,
    };
  }

  #inspection() {
    return {
      input: this.#newestOutput(),
      checks: openChecks(this.#knowledge, this.#progress),
      memoryMb: this.#memory,
    };
  }

  #remedy(name: string, remedy: Remedy) {
    const check = openChecks(this.#knowledge, this.#progress).find((one) => one.name === name);
    return { input: this.#newestOutput(), check, remedy, memoryMb: this.#memory };
  }

  #newestOutput(): string | undefined {
    return this.#progress.outputVersions.at(-1)?.output;
  }
}

/** The type in which values of two columns are compared, so that equal ones come into the same part. */
function commonType(one: string, other: string): string {
  if (one === other) return one;
  const isTime = (type: string) => type === "DATE" || type.startsWith("TIMESTAMP");
  return isTime(one) && isTime(other) ? "TIMESTAMP" : "DOUBLE";
}
