import {
  type Block,
  checkReportSchema,
  computedSchema,
  encodingName,
  nextSchemaVersion,
  type OutputInput,
  readingInWords,
  type SchemaVersion,
  type Source,
  type Version,
} from "@troupe/data";
import type { GoalState } from "../../goal/state.ts";
import { decisionsOf } from "../decisions.ts";
import type { EtlKnowledge, EtlProgress } from "./knowledge.ts";
import { droppedColumns } from "./output-checks.ts";

/** What the agent that publishes an output is given. */
export function publication(
  state: GoalState,
  knowledge: EtlKnowledge,
  progress: EtlProgress,
): OutputInput {
  const { goal, profiles, blocks, drifts } = knowledge;
  const designed = progress.designed;
  const gone = new Set(droppedColumns(goal.checks, progress));
  const columns = (designed?.fit.columns ?? []).filter(({ name }) => !gone.has(name));
  const versions = progress.outputVersions;
  const [inspected] = progress.newest(["inspect"]);
  const perSource = goal.sources.map(({ name }) => ({
    name,
    versions: progress.sourceVersions(name),
  }));
  const quarantinedOf = (all: readonly Version[]): number =>
    all.reduce((sum, { quarantined }) => sum + quarantined, 0);
  const tables = [...perSource, { name: "output", versions }];
  return {
    input: versions.at(-1)?.output ?? "",
    format: goal.output.format,
    partitionBy: goal.output.partitionBy,
    asides: tables.flatMap(({ name, versions: all }) =>
      all.flatMap(({ quarantine }) =>
        quarantine === undefined ? [] : [{ table: name, file: quarantine }],
      ),
    ),
    rows: versions.at(-1)?.rows ?? 0,
    schemas: schemaVersion(state.id, knowledge, columns),
    endedAt: state.updatedAt,
    report: {
      goal: state.id,
      dataset: goal.name,
      sources: perSource.map(({ name, versions: all }) => {
        const { source, rows } = profiles[name] ?? { source: undefined, rows: 0 };
        const { path = "", format = "csv", bytes = 0, sha256 = "" } = source ?? {};
        return {
          ...{ name, path, format, bytes, sha256, rows, quarantined: quarantinedOf(all) },
          ...writtenIn(source),
        };
      }),
      steps: blocks.map((block) => stepOf(block, progress)),
      transformations: goal.transformations,
      columns,
      origins: originsOf(designed, knowledge.result),
      dropped: designed?.fit.dropped ?? [],
      drifts: [...drifts],
      notes: [...progress.notes],
      inspection: checkReportSchema.parse(inspected?.facts),
      reasons: tables.flatMap(({ name, versions: all }) =>
        all.flatMap(({ reasons }) => reasons.map((reason) => ({ ...reason, table: name }))),
      ),
      decisions: decisionsOf(state),
    },
  };
}

/** What a source's text is written in, and what became of it when that is not UTF-8. */
function writtenIn(source: Source | undefined): { encoding?: string; note?: string } {
  if (source === undefined) return {};
  const [encoding, note] = [encodingName(source), readingInWords(source)];
  return {
    ...(encoding === undefined ? {} : { encoding }),
    ...(note === undefined ? {} : { note }),
  };
}

function stepOf({ name, kind, arms, steps }: Block, progress: EtlProgress) {
  const tasks = progress.newest(["compute", "compute-parts", "join-last"], name);
  const rows = tasks.reduce((sum, { facts }) => sum + computedSchema.parse(facts).rows, 0);
  const by = [...arms, ...steps].map(({ op }) => op).join(", ");
  return { name, by: by === "" ? kind : by, rows, parts: tasks.length };
}

function originsOf(designed: EtlProgress["designed"], result: string) {
  return designed?.tables[result]?.origins ?? {};
}

/** The schemas of this run. */
function schemaVersion(
  goal: string,
  { known, profiles, before }: EtlKnowledge,
  columns: OutputInput["report"]["columns"],
): SchemaVersion {
  const sources = Object.fromEntries(
    Object.entries(known).map(([name, all]) => [
      name,
      { path: profiles[name]?.source.path ?? "", columns: [...all] },
    ]),
  );
  const output = columns.map(({ name, type, nullable, key }) => ({ name, type, nullable, key }));
  return nextSchemaVersion(before, { goal, sources, output });
}
