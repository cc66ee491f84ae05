import { hash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  columnProfileSchema,
  columnSchema,
  countColumn,
  countRecords,
  dropRows,
  type Engine,
  findExtremes,
  findingSchema,
  inspectionRuleSchema,
  inspectPart,
  normaliseDataset,
  partFile,
  partsPath,
  profileSchema,
  scan,
  sourceSchema,
  stageDataset,
  stagedProfileSchema,
  validateColumn,
} from "@troupe/data";
import { z } from "zod";
import { goalIdSchema } from "../../../goal/goal.ts";
import type { PerformPiece } from "../../../parts/team.ts";
import { finishedOnce } from "../../finished-once.ts";
import { workFileSchema } from "../../work-file.ts";

const schemaOf = z.array(columnSchema);

/** What is to be done of a task on a large file. A part is what the rows of one file of the folder are. */
const workSchema = z.discriminatedUnion("do", [
  z.object({ do: z.literal("count-rows"), source: sourceSchema }),
  z.object({
    do: z.literal("count-column"),
    source: sourceSchema,
    column: z.object({ name: z.string(), type: z.string() }),
  }),
  z.object({
    do: z.literal("find-extremes"),
    source: sourceSchema,
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
  }),
  z.object({
    do: z.literal("inspect"),
    /** Name of the file in the goal's folder that holds it. */
    profile: workFileSchema,
    part: z.number(),
    of: z.number(),
    without: z.array(inspectionRuleSchema),
  }),
  z.object({
    do: z.literal("stage"),
    profile: stagedProfileSchema,
    schema: schemaOf,
    range: z.object({ from: z.number(), to: z.number() }),
  }),
  z.object({ do: z.literal("normalise"), input: z.string(), schema: schemaOf }),
  z.object({ do: z.literal("drop-repeated"), input: z.string(), dropped: z.string() }),
  z.object({
    do: z.literal("validate"),
    input: z.string(),
    finding: findingSchema,
    referenceTime: z.number(),
  }),
]);
export type PieceWork = z.output<typeof workSchema>;

/** One piece of a task on a large file, as it is given to workers. */
export const pieceSchema = z.object({
  goal: goalIdSchema,
  task: z.string().regex(/^[A-Za-z0-9][^/\\]*$/, "must be the name of a task"),
  /** Number of the piece, from 0. */
  part: z.number().int().min(0),
  work: workSchema,
});
export type Piece = z.output<typeof pieceSchema>;

export const rowCountsSchema = z.object({ rows: z.number(), duplicates: z.number() });
export const columnCountsSchema = columnProfileSchema.omit({ min: true, max: true });

/** Where the parts of a task's output lie. */
export function partsOf(
  workspace: string,
  { goal, task }: Pick<Piece, "goal" | "task">,
): { readonly output: string; readonly quarantine: string } {
  const stem = join(workspace, goal, task);
  return { output: partsPath(stem), quarantine: partsPath(`${stem}.quarantine`) };
}

/** What whoever does pieces of large files works with. */
export interface PieceOptions {
  readonly engine: Engine;
  /** Directory for intermediate files, shared by all nodes. */
  readonly workspace: string;
  /** Name of the node: distinguishes those who might write the same file at once. */
  readonly node: string;
}

/**
 * Does pieces of tasks on large files. What comes of a piece is kept beside its output, so that a piece that was done once
 * is not done again, whoever asks for it, as long as it is the same work: a source may have changed between two attempts.
 */
export function pieceWorker({ engine, workspace, node }: PieceOptions): PerformPiece {
  let begun = 0;
  return (asked, signal) => {
    const piece = pieceSchema.parse(asked);
    begun += 1;
    const attempt = `${node}-${process.pid}-${begun}`;
    const done = join(workspace, piece.goal, `${piece.task}.pieces`);
    return finishedOnce(done, nameOf(piece), attempt, async () => {
      const folders = partsOf(workspace, piece);
      const place = {
        output: partFile(folders.output, piece.part),
        quarantine: partFile(folders.quarantine, piece.part),
        attempt,
      };
      return perform(engine, piece.work, join(workspace, piece.goal), place, signal);
    });
  };
}

function nameOf({ part, work }: Piece): string {
  return `${part}-${hash("sha256", JSON.stringify(work)).slice(0, 16)}`;
}

async function perform(
  engine: Engine,
  work: PieceWork,
  folder: string,
  place: { readonly output: string; readonly quarantine: string; readonly attempt: string },
  signal: AbortSignal,
): Promise<unknown> {
  switch (work.do) {
    case "count-rows":
      return countRecords(engine, scan(work.source, true), signal);
    case "count-column":
      return countColumn(engine, scan(work.source, true), work.column, signal);
    case "find-extremes":
      return findExtremes(engine, work.source, work.columns, signal);
    case "inspect":
      return inspectPart(
        engine,
        profileSchema.parse(JSON.parse(await readFile(join(folder, work.profile), "utf8"))),
        work,
        { without: work.without },
        signal,
      );
    default:
      await mkdir(dirname(place.output), { recursive: true });
      await mkdir(dirname(place.quarantine), { recursive: true });
  }
  switch (work.do) {
    case "stage":
      return stageDataset(engine, { ...work, ...place }, signal);
    case "normalise":
      return normaliseDataset(engine, { ...work, ...place }, signal);
    case "drop-repeated":
      return dropRows(engine, { ...work, ...place }, signal);
    case "validate":
      return validateColumn(engine, { ...work, ...place }, signal);
  }
}
