import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  adoptRules,
  type ColumnSchema,
  describeSource,
  type Engine,
  lenses,
  openEngine,
  profileSource,
  proposeSchema,
  readWrittenRules,
  stageDataset,
} from "@troupe/data";
import { type Edge, type EdgeDoor, encoded, WrongAnswerError } from "./edge.ts";

/** A file may be broken into one of 500 columns, which is the most that are read: each is looked at by itself. */
const patienceMs = 120_000;

const csv = [
  "id,name,seen,amount,note",
  '1,Ada,2024-01-31,1.50,"says ""hi"""',
  "2,Bjørn,2024-02-29,-7,",
  "3,王,1999-12-31,1e3,a;b",
  '4,"O\'Neil, jr",2024-13-01,n/a,"two\nlines"',
  "",
].join("\n");
const rows = [
  { id: 1, name: "Ada", when: "2024-01-31", tags: ["a"], at: { x: 1.5 } },
  { id: 2, name: "Bjørn", when: null, tags: [], at: { x: -7 } },
  { id: 3, name: "王", when: "1999-12-31", more: true },
];
const rules = JSON.stringify({
  rules: [
    { id: "amounts", column: "amount", expression: "amount >= 0", severity: "block" },
    { id: "names", column: "name", expression: "length(name) > 1", atMost: 0.1, why: "too short" },
  ],
});

/** Files as goals read them: told apart, profiled, and staged, with every row accounted for. */
export const fileEdges: readonly EdgeDoor[] = [
  { name: "CSV file", open: () => fileEdge("CSV file", "file.csv", encoded(csv)) },
  { name: "TSV file", open: () => fileEdge("TSV file", "file.tsv", encoded(tabbed())) },
  {
    name: "JSON file",
    open: () => fileEdge("JSON file", "file.json", encoded(JSON.stringify(rows))),
  },
  {
    name: "NDJSON file",
    open: () =>
      fileEdge(
        "NDJSON file",
        "file.ndjson",
        encoded(rows.map((row) => `${JSON.stringify(row)}\n`).join("")),
      ),
  },
  { name: "Parquet file", open: parquetEdge },
  { name: "file of rules", open: rulesEdge },
];

function tabbed(): string {
  return "a\tb\tc\n1\t2024-01-01\tx\n2\t\ty\n";
}

interface Desk {
  readonly engine: Engine;
  readonly folder: string;
  close(): Promise<void>;
}

async function openDesk(): Promise<Desk> {
  const directory = mkdtempSync(join(tmpdir(), "troupe-fuzz-"));
  const folder = join(directory, "sources");
  mkdirSync(folder);
  const workspace = join(directory, "work");
  const engine = await openEngine({ readable: [folder], workspace, memoryLimitMb: 256 });
  return {
    engine,
    folder,
    close: async () => {
      await engine.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function fileEdge(
  name: string,
  file: string,
  samples: readonly Uint8Array[],
  desk?: Desk,
): Promise<Edge> {
  const own = desk ?? (await openDesk());
  const path = join(own.folder, file);
  let number = 0;
  return {
    name,
    samples,
    share: 0.03,
    patienceMs,
    take: async (input) => {
      number += 1;
      writeFileSync(path, input);
      await read(own, path, number);
    },
    close: () => own.close(),
  };
}

async function read({ engine, folder }: Desk, path: string, number: number): Promise<void> {
  const profile = await profileSource(engine, await describeSource(path, [folder]));
  const lens = lenses[number % lenses.length] ?? "storage";
  const schema = await proposeSchema(engine, profile, lens, number);
  const work = join(folder, "..", "work");
  const [output, quarantine] = ["staged", "quarantine"].map((what) =>
    join(work, `${what}.parquet`),
  );
  if (output === undefined || quarantine === undefined) return;
  const attempt = String(number);
  const staged = await stageDataset(engine, { profile, schema, output, quarantine, attempt });
  if (staged.rows + staged.quarantined !== profile.rows) {
    throw new WrongAnswerError(
      `of ${profile.rows} rows ${staged.rows} were kept and ${staged.quarantined} set aside`,
    );
  }
  for (const file of [output, quarantine]) rmSync(file, { force: true });
}

async function parquetEdge(): Promise<Edge> {
  const desk = await openDesk();
  const sample = join(desk.folder, "..", "work", "sample.parquet");
  await desk.engine.writeParquet(
    "SELECT i AS id, 'name-' || i AS name, DATE '2024-01-01' + i::INTEGER AS seen, [i, 2] AS list, {'x': i / 3} AS part FROM range(40) t(i)",
    sample,
  );
  return fileEdge("Parquet file", "file.parquet", [readFileSync(sample)], desk);
}

async function rulesEdge(): Promise<Edge> {
  const desk = await openDesk();
  const path = join(desk.folder, "rules.json");
  const schema: readonly ColumnSchema[] = [columnOf("amount", "decimal"), columnOf("name", "text")];
  return {
    name: "file of rules",
    samples: encoded(rules),
    share: 0.03,
    patienceMs,
    take: async (input) => {
      writeFileSync(path, input);
      await adoptRules(desk.engine, await readWrittenRules(path), schema);
    },
    close: () => desk.close(),
  };
}

function columnOf(name: string, type: ColumnSchema["type"]): ColumnSchema {
  return { name, type, nullable: true, placeholders: [], confidence: 1, evidence: "it is so" };
}
