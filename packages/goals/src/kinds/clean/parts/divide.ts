import { hash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Job } from "@troupe/agents";
import {
  type ColumnSchema,
  detectedFaultsSchema,
  extremesSchema,
  type Finding,
  type InspectionRuleId,
  joinFaults,
  joinParts,
  type Profile,
  type ProfileDivision,
  partFile,
  type Source,
  type Version,
  versionSchema,
} from "@troupe/data";
import { z } from "zod";
import { partRanges } from "../../../parts/partition.ts";
import type { DelegationReport, Team } from "../../../parts/team.ts";
import { finishedOnce } from "../../finished-once.ts";
import { columnCountsSchema, type PieceWork, partsOf, rowCountsSchema } from "./piece.ts";

/** Most parts of an inspection: its longest rule takes a fifth of it. */
const inspectionParts = 4;

/** A version that a team made. */
type DividedVersion = Version & { readonly delegation: DelegationReport };

/** Divides the tasks of one agent among the workers of all nodes. */
export class Divider {
  readonly #team: Team;
  readonly #workspace: string;
  readonly #job: Job;

  /** @param workspace directory for intermediate files, shared by all nodes */
  constructor(team: Team, workspace: string, job: Job) {
    this.#team = team;
    this.#workspace = workspace;
    this.#job = job;
  }

  /**
   * How a profile is divided: by columns.
   *
   * @param told is given how it was, once it was
   */
  profile(
    { sha256 }: Source,
    attempt: string,
    told: (delegation: DelegationReport) => void,
  ): ProfileDivision {
    const path = join(this.#workspace, this.#job.goal, `source-${sha256.slice(0, 16)}.parquet`);
    return {
      landing: { path, attempt },
      count: async (source, columns, signal) => {
        const place = withoutFiles(source);
        const work: PieceWork[] = [
          ...columns.map((column) => ({ do: "count-column", source: place, column }) as const),
          { do: "count-rows", source: place },
          // In their types, values are read from the files.
          { do: "find-extremes", source, columns: [...columns] },
        ];
        const counted = z.union([rowCountsSchema, columnCountsSchema, z.array(extremesSchema)]);
        const { results, delegation } = await this.#perform(work, counted, signal);
        told(delegation);
        return {
          ...rowCountsSchema.parse(results.at(-2)),
          columns: z.array(columnCountsSchema).parse(results.slice(0, -2)),
          ends: z.array(extremesSchema).parse(results.at(-1)),
        };
      },
    };
  }

  /**
   * Inspects a source, but for the rules `without`, some on each node; every part reads what is looked at again. The
   * profile is read from a file by all: that of a wide table is half of what fits into a message.
   */
  async inspect(
    counted: Profile,
    attempt: string,
    without: readonly InspectionRuleId[],
    told: (delegation: DelegationReport) => void,
  ) {
    const of = Math.min(this.#team.nodes(), inspectionParts);
    const profile = await this.#shared("inspected", attempt, counted);
    const work = Array.from(
      { length: of },
      (_, part): PieceWork => ({ do: "inspect", profile, part, of, without: [...without] }),
    );
    const detected = z.array(detectedFaultsSchema);
    const { results, delegation } = await this.#perform(
      work,
      detected,
      this.#job.signal,
      "inspect",
    );
    told(delegation);
    return joinFaults(results.flat());
  }

  /** Stages a source by ranges of its rows. */
  stage(profile: Profile, schema: readonly ColumnSchema[], rows: number): Promise<DividedVersion> {
    const { rows: total } = profile;
    const source = withoutFiles(profile.source);
    const columns = profile.columns.map(({ name, storage }) => ({ name, storage }));
    const known = { source, rows: total, columns };
    return this.#reshape(
      partRanges(total, rows).map((range) => ({
        do: "stage",
        profile: known,
        schema: [...schema],
        range,
      })),
      schema.map(({ name }) => name),
    );
  }

  /** Normalises each part of a version. */
  async normalise(input: string, schema: readonly ColumnSchema[]): Promise<DividedVersion> {
    const parts = await partsIn(input);
    return this.#reshape(
      parts.map((part) => ({ do: "normalise", input: part, schema: [...schema] })),
      schema.map(({ name }) => name),
    );
  }

  /** Leaves out rows of each part of a version: those whose numbers are in the file `dropped`. */
  async drop(
    input: string,
    dropped: string,
    schema: readonly ColumnSchema[],
  ): Promise<DividedVersion> {
    const parts = await partsIn(input);
    return this.#reshape(
      parts.map((part) => ({ do: "drop-repeated", input: part, dropped })),
      schema.map(({ name }) => name),
    );
  }

  /** Validates a column of each part of a version. */
  async validate(input: string, finding: Finding, referenceTime: number): Promise<DividedVersion> {
    const parts = await partsIn(input);
    return this.#reshape(
      parts.map((part) => ({ do: "validate", input: part, finding, referenceTime })),
      [finding.column],
    );
  }

  /** Keeps what all pieces need in a file of the goal; what is another has another name. */
  async #shared(kind: string, attempt: string, content: unknown): Promise<string> {
    const name = `${kind}-${hash("sha256", JSON.stringify(content)).slice(0, 16)}`;
    await finishedOnce(join(this.#workspace, this.#job.goal), name, attempt, async () => content);
    return `${name}.json`;
  }

  async #reshape(work: readonly PieceWork[], columns: readonly string[]): Promise<DividedVersion> {
    const { results, delegation } = await this.#perform(work, versionSchema);
    const folders = partsOf(this.#workspace, this.#job);
    return { ...joinParts(folders, results, columns), delegation };
  }

  #perform<Result>(
    work: readonly PieceWork[],
    result: z.ZodType<Result>,
    signal = this.#job.signal,
    step = "",
  ) {
    const { goal, task, span } = this.#job;
    const id = step === "" ? `${goal}/${task}` : `${goal}/${task}/${step}`;
    const pieces = work.map((one, part) => ({ goal, task, part, work: one }));
    return this.#team.perform({ id, pieces, result, signal, span });
  }
}

/** A source as its copy is read: with many files, what is known of each would go with every piece. */
function withoutFiles({ files: _files, ...source }: Source): Source {
  return source;
}

/** The files of a version in parts, in order. */
async function partsIn(folder: string): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".parquet"));
  return files.map((_, part) => partFile(folder, part));
}
