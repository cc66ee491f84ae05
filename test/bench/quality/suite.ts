import { type Corrupted, corruptions, kinds, written } from "./corrupt.ts";
import * as fourth from "./fourth/corrupt.ts";
import type { Format } from "./fourth/document.ts";
import { heldKinds as fourthHeld, samples as fourthSamples } from "./fourth/plan.ts";
import { heldOutFiles, heldOutKinds, tuningFiles } from "./plan.ts";
import * as second from "./second/corrupt.ts";
import { samples } from "./second/plan.ts";
import { readTable } from "./table.ts";
import * as third from "./third/corrupt.ts";
import { samples as thirdSamples } from "./third/plan.ts";

/** A corruptor and the files that it damages. */
export interface Suite {
  readonly name: string;
  readonly kinds: readonly string[];
  /** Kinds whose results were not looked at while rules were made. */
  readonly heldKinds: ReadonlySet<string>;
  readonly files: readonly SuiteFile[];
}

export interface SuiteFile {
  readonly name: string;
  readonly held: boolean;
  readonly extension: Format;
  /** @param folder of vega-datasets */
  open(folder: string): Opened;
}

/** A file that was read. */
interface Opened {
  readonly rows: number;
  /** Undamaged; lines of JSON where the file is Parquet. */
  readonly text: string | Buffer;
  /** @param dose share of the rows to damage. Default: by chance */
  damaged(count: number, seed: number, dose?: number): readonly DamagedFile[];
}

/** A damaged file in any format. */
export interface DamagedFile extends Omit<Corrupted, "text"> {
  readonly text: string | Buffer;
  /** That the file is refused in these words is right, too. */
  readonly refusal?: RegExp;
  /** Share of the file, as it is written in the end, that is left. Default: all of it. */
  readonly kept?: number;
}

// In turns, so that what is told before the end says something of both.
const inTurns = tuningFiles.flatMap((file, at) => [file, ...heldOutFiles.slice(at, at + 1)]);

/**
 * The corruptor that rules were made with, and three written later, without looking at the rules; the fourth damages
 * files in their own formats.
 */
export const suites: readonly Suite[] = [
  {
    name: "first",
    kinds,
    heldKinds: heldOutKinds,
    files: inTurns.map((name) => ({
      name,
      held: heldOutFiles.includes(name),
      extension: "csv",
      open: (folder) => {
        const table = readTable(folder, name);
        return {
          rows: table.rows.length,
          text: written(table),
          damaged: (count, seed, dose) => corruptions(table, count, seed, dose),
        };
      },
    })),
  },
  {
    name: "second",
    kinds: second.kinds,
    heldKinds: new Set(),
    files: samples.map(({ name, held, form, table: make }) => ({
      name,
      held,
      extension: form.extension,
      open: (folder) => {
        const table = make(folder);
        return {
          rows: table.rows.length,
          text: second.written(table, form),
          damaged: (count, seed, dose) => second.corruptions(table, form, count, seed, dose),
        };
      },
    })),
  },
  {
    name: "third",
    kinds: third.kinds,
    heldKinds: new Set(),
    files: thirdSamples.map(({ name, form, table: make }) => ({
      name,
      held: false,
      extension: form.extension,
      open: (folder) => {
        const table = make(folder);
        return {
          rows: table.rows.length,
          text: second.written(table, form),
          damaged: (count, seed, dose) => third.corruptions(table, form, count, seed, dose),
        };
      },
    })),
  },
  {
    name: "fourth",
    kinds: fourth.kinds,
    heldKinds: fourthHeld,
    files: fourthSamples.map(({ name, held, format, document: make }, at) => ({
      name,
      held,
      extension: format,
      open: (folder) => {
        const document = make(folder);
        return {
          rows: document.records.length,
          text: fourth.written(document, at),
          damaged: (count, seed, dose) => fourth.corruptions(document, count, seed, dose),
        };
      },
    })),
  },
];
