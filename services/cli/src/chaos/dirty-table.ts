import { seededRandom } from "@troupe/testkit";

/** A table with planted faults, and what is left of it when they are mended. */
export interface DirtyTable {
  /** As CSV, with a header. */
  readonly csv: string;
  readonly columns: readonly string[];
  /** Rows as the cleaned dataset holds them, in order, each value as text. */
  readonly clean: readonly (readonly string[])[];
  /** Rows in the CSV. */
  readonly sourceRows: number;
  /** Whether its plan has to be repaired on the way. */
  readonly replanned: boolean;
}

const columns = ["id", "seen", "name", "place", "amount", "pieces"] as const;
const places = ["Bern", "Lima", "Oslo", "Quito", "Turin"] as const;
const leastRows = 100;
const moreRows = 60;
/** One table in so many has years that were kept with two digits; the quality gate refuses them. */
const slippedEvery = 3;
const slippedRows = 3;
const dayMs = 86_400_000;
const firstDay = Date.UTC(2015, 0, 1);

/**
 * A small table for a `clean` goal. Every second one has a row twice; every third has dates a century
 * late, few enough to be mended, so that its goal is replanned.
 *
 * @param seed of the run
 * @param number of the goal
 */
export function dirtyTable(seed: number, number: number): DirtyTable {
  const random = seededRandom(seed * 1_000_003 + number);
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const replanned = number % slippedEvery === slippedEvery - 1;
  const rows = leastRows + below(moreRows);
  const slipped = new Set<number>();
  while (replanned && slipped.size < slippedRows) slipped.add(below(rows));
  const made = Array.from({ length: rows }, (_, index) => {
    const day = isoDay(firstDay + index * dayMs);
    // A day that was meant as 1961 to 1969 and reads as 2061 to 2069.
    const year = 61 + below(9);
    const late = slipped.has(index);
    const rest = [
      `name-${random.hex(4)}`,
      places[below(places.length)] ?? places[0],
      `${below(1000)}.5`,
      String(below(500)),
    ];
    const row = (seen: string): readonly string[] => [String(index + 1), seen, ...rest];
    return {
      dirty: row(late ? `20${year}${day.slice(4)}` : day),
      clean: row(late ? `19${year}${day.slice(4)}` : day),
    };
  });
  const repeated = number % 2 === 1 ? [made[below(rows)]?.dirty ?? []] : [];
  const lines = [columns, ...made.map(({ dirty }) => dirty), ...repeated];
  return {
    csv: lines.map((line) => `${line.join(",")}\n`).join(""),
    columns,
    clean: made.map(({ clean }) => clean),
    sourceRows: rows + repeated.length,
    replanned,
  };
}

function isoDay(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
