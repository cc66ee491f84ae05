import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import {
  describeSource,
  type Engine,
  type Fault,
  type InspectOptions,
  inspectSource,
  openEngine,
  profileSource,
} from "../index.ts";
import type { InspectionRuleId } from "./inspection-rules.ts";

export type Cells = readonly (string | number | null)[];

/** The same every time, 0 to 1. */
export const noise = (at: number): number =>
  Math.abs(Math.sin((at + 1) * 12.9898) * 43_758.5453) % 1;
export const rowsOf = (count: number, make: (at: number) => Cells): Cells[] =>
  Array.from({ length: count }, (_, at) => make(at));

/** A made-up station's log: a calendar, codes, categories, a smooth series and values that go together. */
export const logNames = ["day", "code", "place", "region", "level", "low", "high", "note"] as const;
const places = ["Ashford", "Bexhill", "Colchester", "Dunstable", "Evesham"];
const notes = ["calm and dry", "light rain", "Strong wind", "fog until noon", "clear night"];

/** Rows of the log, the same every time. Weekdays in 2020, from 1. */
export function logRows(count = 400): (string | number | null)[][] {
  return Array.from({ length: count }, (_, at) => {
    const varied = noise(at);
    const level = 200 + 80 * Math.sin(at / 30) + varied * 4;
    const place = places[Math.floor(varied * 1e4) % places.length] ?? "";
    return [
      new Date(Date.UTC(2020, 0, 1 + at)).toISOString().slice(0, 10),
      `AB-${String(1000 + at)}`,
      place,
      place < "C" ? "south" : "east",
      level.toFixed(1),
      (level - 20 - varied * 5).toFixed(1),
      (level + 20 + varied * 5).toFixed(1),
      `${notes[Math.floor(varied * 1e5) % notes.length]} ${Math.floor(varied * 1e7) % 97}`,
    ];
  });
}

/** Inspects tables that tests write. */
export function inspections() {
  let engine: Engine;
  let directory: string;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "troupe-inspect-"));
    mkdirSync(join(directory, "files"));
    engine = await openEngine({
      readable: [join(directory, "files")],
      workspace: join(directory, "work"),
    });
  });
  afterAll(async () => {
    await engine.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const inspectText = async (
    text: string,
    options: InspectOptions = {},
  ): Promise<readonly Fault[]> => {
    const path = join(directory, "files", "table.csv");
    writeFileSync(path, text);
    const profile = await profileSource(
      engine,
      await describeSource(path, [join(directory, "files")]),
    );
    return inspectSource(engine, profile, options);
  };
  const inspectRows = (
    names: readonly string[],
    rows: readonly Cells[],
    options: InspectOptions = {},
  ) => inspectText([names, ...rows].map(lineOf).join("\n"), options);
  /** Rows that a rule names in a column, as findings and not as notes. */
  const named = async (
    names: readonly string[],
    rows: readonly Cells[],
    rule: InspectionRuleId,
    column: string,
  ): Promise<readonly number[]> => {
    const faults = await inspectRows(names, rows, { rowLimit: 1000 });
    return faults
      .filter((fault) => fault.rule === rule && fault.severity !== "note")
      .filter(({ columns }) => columns.includes(column))
      .flatMap(({ rowNumbers }) => rowNumbers);
  };
  return { inspectText, inspectRows, named };
}

export function lineOf(cells: Cells): string {
  return cells
    .map((cell) =>
      cell === null
        ? ""
        : /[",\n]/.test(String(cell))
          ? `"${String(cell).replaceAll('"', '""')}"`
          : cell,
    )
    .join(",");
}
