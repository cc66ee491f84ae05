import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readTable } from "../table.ts";
import type { Document, Format } from "./document.ts";

/** A file that the fourth corruptor damages. */
export interface Sample {
  readonly name: string;
  readonly format: Format;
  /** Its results were not looked at while rules were made. */
  readonly held: boolean;
  readonly document: (folder: string) => Document;
}

/** Records that take part of each file. */
const limit = 1500;

/** Files in their own formats, and some in another that programs would write them in. */
const files: readonly (readonly [file: string, format: Format, held?: "held"])[] = [
  ["airports.csv", "csv"],
  ["barley.json", "json"],
  ["birdstrikes.csv", "csv"],
  ["budget.json", "json", "held"],
  ["burtin.json", "json", "held"],
  ["cars.json", "json"],
  ["co2-concentration.csv", "csv"],
  ["countries.json", "json"],
  ["crimea.json", "json", "held"],
  ["disasters.csv", "csv"],
  ["driving.json", "ndjson"],
  ["flights-2k.json", "json"],
  ["flights-airport.csv", "csv", "held"],
  ["football.json", "json"],
  ["gapminder.json", "json", "held"],
  ["gapminder-health-income.csv", "csv"],
  ["github.csv", "tsv"],
  ["income.json", "json"],
  ["iowa-electricity.csv", "parquet"],
  ["jobs.json", "ndjson", "held"],
  ["la-riots.csv", "csv"],
  ["londonCentroids.json", "json", "held"],
  ["movies.json", "json"],
  ["ohlc.json", "json", "held"],
  ["penguins.json", "json"],
  ["political-contributions.json", "json"],
  ["population.json", "ndjson"],
  ["seattle-weather.csv", "csv", "held"],
  ["sp500-2000.csv", "parquet", "held"],
  ["species.csv", "tsv", "held"],
  ["stocks.csv", "csv"],
  ["unemployment.tsv", "tsv"],
  ["unemployment-across-industries.json", "json"],
  ["us-employment.csv", "csv", "held"],
  ["us-state-capitals.json", "json"],
  ["weather.csv", "parquet"],
  ["weekly-weather.json", "json"],
  ["windvectors.csv", "tsv"],
  ["zipcodes.csv", "csv", "held"],
];

/** Kinds whose results were not looked at while rules were made. */
export const heldKinds: ReadonlySet<string> = new Set([
  "sign",
  "text added",
  "residue of escaping",
  "stretch of nothing",
  "foreign record",
  "two values in one",
  "more after the end",
  "value in a wrapper",
]);

export const samples: readonly Sample[] = [
  ...files.map(
    ([file, format, held]): Sample => ({
      name: file.endsWith(`.${format}`) ? file : `${file} as ${format}`,
      format,
      held: held !== undefined,
      document: (folder) => documentOf(folder, file, format),
    }),
  ),
  { name: "earthquakes.json, features", format: "json", held: false, document: quakes },
  {
    name: "earthquakes.json, features as ndjson",
    format: "ndjson",
    held: true,
    document: (folder) => ({ ...quakes(folder), format: "ndjson" }),
  },
];

type Records = readonly Readonly<Record<string, unknown>>[];

function documentOf(folder: string, file: string, format: Format): Document {
  if (file.endsWith(".json"))
    return ofRecords(JSON.parse(readFileSync(join(folder, file), "utf8")), format);
  const { names, rows } = readTable(folder, file);
  const typed = format === "parquet";
  const numbers = names.map((_, at) =>
    rows.every((row) => row[at] == null || /^-?(\d+\.?\d*|\.\d+)$/.test(row[at])),
  );
  const records = rows.map((row) =>
    names.map((name, at) => {
      const cell = row[at] ?? null;
      return [name, typed && cell !== null && numbers[at] ? Number(cell) : cell] as const;
    }),
  );
  return { format, names, records };
}

function ofRecords(all: Records, format: Format): Document {
  const records = all.slice(0, limit).map((record) => Object.entries(record));
  const names = [...new Set(records.flatMap((fields) => fields.map(([name]) => name)))];
  return { format, names, records };
}

/** Records with structure, as an interface for maps gives them. */
function quakes(folder: string): Document {
  const { features }: { features: Records } = JSON.parse(
    readFileSync(join(folder, "earthquakes.json"), "utf8"),
  );
  return ofRecords(features, "json");
}
