import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureError } from "@troupe/actor";
import type { Engine } from "@troupe/data";
import { z } from "zod";
import { type DirtyTable, dirtyTable } from "./dirty-table.ts";
import type { GoalSource, SourcedGoal } from "./goal-source.ts";

export interface CleanGoalsOptions {
  readonly seed: number;
  /** Folder that goals may read. */
  readonly inbox: string;
  /** Folder of all datasets. */
  readonly datasets: string;
  /** Reads the published files. */
  readonly engine: Pick<Engine, "rows">;
}

const resultSchema = z.looseObject({ folder: z.string() });
const manifestSchema = z.looseObject({
  rows: z.looseObject({
    source: z.number(),
    kept: z.number(),
    quarantined: z.number(),
    duplicates: z.number(),
  }),
  sha256: z.record(z.string(), z.string()),
});

/**
 * Goals of kind `clean` over small tables of their own with known faults, each with a dataset of its
 * own: so it can be told of every dataset whether it is there once, whole, and right to the value.
 */
export class CleanGoals implements GoalSource {
  readonly kind = "clean";
  readonly paceMs = 500;
  readonly openLimit = 8;
  readonly #options: CleanGoalsOptions;

  constructor(options: CleanGoalsOptions) {
    this.#options = options;
  }

  async goal(number: number): Promise<SourcedGoal> {
    const id = idOf(number);
    const source = join(this.#options.inbox, `${id}.csv`);
    await writeFile(source, this.#table(number).csv);
    return { id, document: { id, kind: "clean", source, output: id } };
  }

  async inspect(number: number, result: unknown): Promise<readonly string[]> {
    const id = idOf(number);
    const home = join(this.#options.datasets, id);
    const folder = join(home, id);
    try {
      const named = resultSchema.parse(result).folder;
      const versions = (await readdir(home)).filter((name) => !name.startsWith(".")).sort();
      const expected = [id, "latest"].sort();
      return [
        ...(named === folder ? [] : [`its result names the folder ${named}, not ${folder}`]),
        ...(versions.join() === expected.join()
          ? []
          : [`published versions are ${versions.join(", ")}, not ${expected.join(", ")}`]),
        ...(await this.#faultsOf(folder, this.#table(number))),
      ];
    } catch (thrown) {
      return [`its dataset can't be read: ${ensureError(thrown).message}`];
    }
  }

  #table(number: number): DirtyTable {
    return dirtyTable(this.#options.seed, number);
  }

  async #faultsOf(folder: string, table: DirtyTable): Promise<readonly string[]> {
    const text = await readFile(join(folder, "manifest.json"), "utf8");
    const { rows, sha256 } = manifestSchema.parse(JSON.parse(text));
    const faults: string[] = [];
    const files = (await readdir(folder)).filter((name) => name !== "manifest.json").sort();
    if (files.join() !== Object.keys(sha256).sort().join()) {
      faults.push(`its files are ${files.join(", ")}, not those of its manifest`);
    }
    for (const name of files) {
      const digest = createHash("sha256").update(await readFile(join(folder, name)));
      if (digest.digest("hex") !== sha256[name]) faults.push(`${name} differs from its manifest`);
    }
    const counts = `${rows.source}/${rows.kept}/${rows.quarantined}/${rows.duplicates}`;
    const kept = table.clean.length;
    const right = `${table.sourceRows}/${kept}/0/${table.sourceRows - kept}`;
    if (counts !== right) {
      faults.push(`rows source/kept/quarantined/duplicates are ${counts}, not ${right}`);
    }
    return [...faults, ...(await this.#wrongRows(join(folder, "data.parquet"), table))];
  }

  async #wrongRows(file: string, { columns, clean }: DirtyTable): Promise<readonly string[]> {
    const values = columns.map((name) => `CAST("${name}" AS VARCHAR) AS "${name}"`).join(", ");
    const found = await this.#options.engine.rows(
      `SELECT ${values} FROM read_parquet('${file.replaceAll("'", "''")}')`,
    );
    if (found.length !== clean.length) {
      return [`data.parquet has ${found.length} rows, not ${clean.length}`];
    }
    const shown = found.map((row) => columns.map((name) => String(row[name])).join(","));
    const at = clean.findIndex((row, index) => row.join(",") !== shown[index]);
    if (at === -1) return [];
    return [`row ${at + 1} of data.parquet is ${shown[at]}, not ${clean[at]?.join(",")}`];
  }
}

function idOf(number: number): string {
  return `chaos-${String(number + 1).padStart(4, "0")}`;
}
