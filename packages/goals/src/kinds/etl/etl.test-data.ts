import { type ColumnSchema, emptyColumn, type Profile, type SchemaVersion } from "@troupe/data";
import { KindStory } from "../story.test-data.ts";
import { etlGoalSchema } from "./goal.ts";
import { etlKind } from "./kind.ts";
import { knowledgeOf, profileTask } from "./knowledge.ts";

/** A column of a source: its type, how many values differ, and some of them. */
interface TestColumn {
  readonly type?: ColumnSchema["type"];
  readonly distinct?: number;
  readonly values?: readonly string[];
}

export interface TestSource {
  readonly rows: number;
  readonly columns: Readonly<Record<string, TestColumn>>;
  readonly format?: Profile["source"]["format"];
}

function profileOf(name: string, { rows, columns, format = "csv" }: TestSource): Profile {
  return {
    source: { path: `/data/${name}`, format, bytes: rows * 20, sha256: "0".repeat(64) },
    rows,
    duplicates: 0,
    columns: Object.entries(columns).map(([column, { distinct = rows, values = [], type }]) => ({
      ...emptyColumn,
      name: column,
      storage: format === "parquet" && type === "integer" ? "BIGINT" : "VARCHAR",
      distinct,
      top: values.map((value) => ({ value, rows: 1 })),
    })),
  };
}

function schemaOf({ columns }: TestSource): ColumnSchema[] {
  return Object.entries(columns).map(([name, { type = "text" }]) => ({
    name,
    type,
    nullable: false,
    placeholders: [],
    confidence: 1,
    evidence: "seen",
  }));
}

/** An ETL goal followed by hand. */
export class Story extends KindStory {
  /** A goal whose sources have been looked at and agreed on. */
  constructor(
    document: Readonly<Record<string, unknown>>,
    sources: Readonly<Record<string, TestSource>>,
    before: SchemaVersion | null = null,
  ) {
    const goal = etlGoalSchema.parse({
      kind: "etl",
      name: "out",
      sources: Object.keys(sources).map((name) => ({ name, path: `/data/${name}` })),
      ...document,
    });
    super(etlKind, goal);
    this.done("recall", { before });
    for (const [name, source] of Object.entries(sources)) {
      this.done(profileTask(name), profileOf(name, source));
    }
    this.agreed(
      Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, schemaOf(source)])),
    );
  }

  /** The schemas that a run with these sources would keep. */
  get schemas(): SchemaVersion {
    const { known } = knowledgeOf(this.state);
    const sources = Object.fromEntries(
      Object.entries(known).map(([name, columns]) => [name, { path: "", columns: [...columns] }]),
    );
    return { number: 1, goal: "g0", sources, output: [] };
  }

  /** Every waiting task that can begin, once. */
  get startable(): readonly string[] {
    return Object.values(this.state.tasks)
      .filter(({ status, dependsOn }) => {
        const isFree = dependsOn.every((id) => this.state.tasks[id]?.status === "done");
        return status === "waiting" && isFree;
      })
      .map(({ id }) => id);
  }

  /** What the plan has to do, in its order: action and arguments. */
  get actions(): readonly string[] {
    const { steps } = this.state.plan as { steps: { action: string; args: string[] }[] };
    return steps.map(({ action, args }) => [action, ...args].join(" "));
  }
}
