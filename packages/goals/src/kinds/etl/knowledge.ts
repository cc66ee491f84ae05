import {
  type Adapted,
  adaptedSchema,
  type Block,
  type ColumnSchema,
  columnSchema,
  compareSchemas,
  designSchema,
  type KnownColumn,
  knownColumns,
  outputColumnSchema,
  type Profile,
  plainReadings,
  profileSchema,
  type Reading,
  type SchemaDrift,
  type SchemaVersion,
  type Step,
  schemaVersionSchema,
  type Version,
  versionSchema,
} from "@troupe/data";
import type { Plan, PlanStep } from "@troupe/planning";
import { z } from "zod";
import type { GoalState, TaskState } from "../../goal/state.ts";
import { type EtlGoal, etlGoalSchema, pipelineOf } from "./goal.ts";

/** What designing a pipeline found out. */
const designedSchema = designSchema.extend({
  fit: z.object({
    columns: z.array(outputColumnSchema),
    dropped: z.array(z.string()),
    missing: z.array(z.string()),
  }),
  /** Columns that each check names. */
  checked: z.record(z.string(), z.array(z.string())),
});
export type Designed = z.output<typeof designedSchema>;

/** What looking for an earlier version found. */
const recalledSchema = z.object({ before: schemaVersionSchema.nullable() });
/** What was found out by making a column text. */
const relaxedSchema = z.object({ source: z.string(), column: z.string() });

/** What is known of a goal before its plan is made. */
export interface EtlKnowledge {
  readonly goal: EtlGoal;
  readonly steps: readonly Step[];
  readonly blocks: readonly Block[];
  /** The table that becomes the output. */
  readonly result: string;
  readonly profiles: Readonly<Record<string, Profile>>;
  /** What the columns of each source are: as the goal says, else as the analysts agreed. */
  readonly schemas: Readonly<Record<string, readonly ColumnSchema[]>>;
  readonly known: Readonly<Record<string, readonly KnownColumn[]>>;
  /** The schemas of the run before. */
  readonly before: SchemaVersion | undefined;
  readonly drifts: readonly SchemaDrift[];
}

/** Columns of each source, as analysts agree on them. */
export const agreementSchema = z.record(z.string(), z.array(columnSchema));

/** Reads a goal's state as an ETL goal's. */
export function knowledgeOf(state: GoalState): EtlKnowledge {
  const goal = etlGoalSchema.parse(state.goal);
  const agreed = agreementSchema.safeParse(state.agreement);
  const profiles: Record<string, Profile> = {};
  const schemas: Record<string, readonly ColumnSchema[]> = {};
  const known: Record<string, readonly KnownColumn[]> = {};
  for (const { name, columns } of goal.sources) {
    const profile = profileSchema.parse(state.tasks[profileTask(name)]?.facts);
    profiles[name] = profile;
    const voted = agreed.success ? (agreed.data[name] ?? []) : [];
    schemas[name] = voted.map((column) => declared(column, columns?.[column.name], profile));
    known[name] = knownColumns(profile, schemas[name]);
  }
  const recalled = recalledSchema.safeParse(state.tasks[recallTask]?.facts);
  const before = recalled.success ? (recalled.data.before ?? undefined) : undefined;
  const drifts = goal.sources.flatMap(({ name }) => {
    const old = before?.sources[name];
    return old === undefined ? [] : compareSchemas(name, old.columns, known[name] ?? []);
  });
  return { goal, ...pipelineOf(goal), profiles, schemas, known, before, drifts };
}

export const recallTask = "recall";

export function profileTask(source: string): string {
  return `profile-${source}`;
}

function declared(
  column: ColumnSchema,
  type: ColumnSchema["type"] | undefined,
  profile: Profile,
): ColumnSchema {
  if (type === undefined || type === column.type) return column;
  const { format: _format, ...plain } = column;
  const seen = profile.columns.find(({ name }) => name === column.name);
  const isTime = type === "date" || type === "timestamp";
  const [format] = Object.entries(seen?.dates ?? {}).sort((a, b) => b[1] - a[1])[0] ?? [];
  const isWritten = isTime && seen?.storage === "VARCHAR" && format !== undefined;
  return {
    ...plain,
    type,
    nullable: true,
    confidence: 1,
    evidence: "the goal says so",
    ...(isWritten ? { format } : {}),
  };
}

/** What has been done of a goal so far, found by what its plan calls it. */
export class EtlProgress {
  readonly #steps: ReadonlyMap<string, PlanStep>;
  readonly #done: readonly TaskState[];
  readonly knowledge: EtlKnowledge;

  constructor(state: GoalState, knowledge: EtlKnowledge) {
    const plan = state.plan as Plan | undefined;
    this.knowledge = knowledge;
    this.#steps = new Map(plan?.steps.map((step) => [step.id, step]));
    this.#done = Object.values(state.tasks)
      .filter(({ status }) => status === "done")
      .sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
  }

  /** The action of a task of the plan. */
  actionOf(task: TaskState): string {
    return this.#steps.get(task.of ?? task.id)?.action ?? task.type;
  }

  /** Finished tasks of some actions, the oldest first; with `args`, only those whose arguments begin so. */
  done(actions: readonly string[], ...args: readonly string[]): readonly TaskState[] {
    return this.#done.filter(
      (task) =>
        actions.includes(this.actionOf(task)) &&
        args.every((arg, index) => task.arguments[index] === arg),
    );
  }

  /** All tasks of the newest step among some actions: one, or all its parts in order. */
  newest(actions: readonly string[], ...args: readonly string[]): readonly TaskState[] {
    const tasks = this.done(actions, ...args);
    const last = tasks.at(-1);
    if (last === undefined) return [];
    const name = last.of ?? last.id;
    return tasks
      .filter((task) => (task.of ?? task.id) === name)
      .sort((a, b) => (a.copy ?? 0) - (b.copy ?? 0));
  }

  /** How a source is read, with what was learned about it since it was agreed on. */
  readings(source: string): readonly Reading[] {
    const adapted: readonly Adapted[] = this.newest(["adapt"], source).map(({ facts }) =>
      adaptedSchema.parse(facts),
    );
    const readings = adapted[0]?.readings ?? plainReadings(this.knowledge.known[source] ?? []);
    const relaxed = new Set(
      this.done(["relax"], source).map(({ facts }) => relaxedSchema.parse(facts).column),
    );
    return readings.map((reading) => {
      if (reading.schema === null || !relaxed.has(reading.schema.name)) return reading;
      const { format: _format, ...plain } = reading.schema;
      const evidence = "too many values could not be read otherwise";
      return {
        ...reading,
        schema: { ...plain, type: "text" as const, nullable: true, placeholders: [], evidence },
      };
    });
  }

  /** What was done about changes of the sources. */
  get notes(): readonly string[] {
    return this.done(["adapt"]).flatMap(({ facts }) => adaptedSchema.parse(facts).notes);
  }

  get designed(): Designed | undefined {
    const [task] = this.newest(["design"]);
    return task === undefined ? undefined : designedSchema.parse(task.facts);
  }

  /** Versions of a source since it was last brought in, oldest first; several when it is in parts. */
  sourceVersions(source: string): readonly Version[] {
    const brought = this.newest(["stage", "stage-parts"], source);
    const since = Math.min(...brought.map(({ endedAt = 0 }) => endedAt));
    const later = this.done(["normalise", "deduplicate", "validate"], source).filter(
      ({ endedAt = 0 }) => endedAt >= since,
    );
    return [...brought, ...later].map(({ facts }) => versionSchema.parse(facts));
  }

  /** Files of a source as it is now. */
  sourceFiles(source: string): readonly string[] {
    const brought = this.newest(["stage", "stage-parts"], source);
    const versions = this.sourceVersions(source);
    if (brought.length > 1) return versions.map(({ output }) => output);
    const last = versions.at(-1);
    return last === undefined
      ? [this.knowledge.profiles[source]?.source.path ?? ""]
      : [last.output];
  }

  /** Versions of the output, oldest first. */
  get outputVersions(): readonly Version[] {
    return this.done([...reshaping]).map(({ facts }) => versionSchema.parse(facts));
  }
}

/** Actions that make a new version of the output. */
const reshaping = ["conform", "blank", "set-aside", "drop-column"] as const;
