import { z } from "zod";
import type { KnownColumn } from "./schema-version.ts";

/** How the columns of a source differ from what they were. */
export const schemaDriftSchema = z.object({
  source: z.string(),
  /** The column as it was called before, for an added one as it is called now. */
  column: z.string(),
  kind: z.enum(["added", "removed", "renamed", "retyped"]),
  /** Its name now, when it was renamed. */
  now: z.string().optional(),
  /** Types before and now. */
  was: z.string().optional(),
  is: z.string().optional(),
  /** What was seen, in one sentence. */
  evidence: z.string(),
});
export type SchemaDrift = z.output<typeof schemaDriftSchema>;

/** From this likeness on, 0 to 1, a new column is taken for one that is gone. */
const likenessLimit = 0.5;
/** How much more like it must be than any other. */
const likenessLead = 0.1;
/** With fewer different values than this, sharing them says little. */
const tellingValues = 3;
/** What counts how much: the values, their range, the name. */
const weights = { values: 0.5, range: 0.2, name: 0.3 };

/**
 * Compares the columns of a source with those it had before. A column that is gone and a new one of the
 * same type are one column under another name when their values, and their names, are alike, and no
 * other pair is nearly as much so.
 */
export function compareSchemas(
  source: string,
  before: readonly KnownColumn[],
  now: readonly KnownColumn[],
): readonly SchemaDrift[] {
  const gone = before.filter(({ schema }) => !now.some((one) => one.schema.name === schema.name));
  const fresh = now.filter(({ schema }) => !before.some((one) => one.schema.name === schema.name));
  const renamed = renamedIn(source, gone, fresh);
  const drifts: SchemaDrift[] = [...renamed];
  for (const { schema } of before) {
    const found = now.find((one) => one.schema.name === schema.name);
    if (found === undefined || found.schema.type === schema.type) continue;
    const { type, evidence } = found.schema;
    drifts.push({
      source,
      column: schema.name,
      kind: "retyped",
      was: schema.type,
      is: type,
      evidence,
    });
  }
  for (const { schema } of gone) {
    if (renamed.some(({ column }) => column === schema.name)) continue;
    const evidence = `no column is called '${schema.name}', and none holds such values`;
    drifts.push({ source, column: schema.name, kind: "removed", was: schema.type, evidence });
  }
  for (const { schema } of fresh) {
    if (renamed.some((drift) => drift.now === schema.name)) continue;
    const { name: column, type: is, evidence } = schema;
    drifts.push({ source, column, kind: "added", is, evidence });
  }
  return drifts;
}

interface Pair {
  readonly old: KnownColumn;
  readonly fresh: KnownColumn;
  readonly likeness: number;
  readonly shared: number;
}

function renamedIn(
  source: string,
  gone: readonly KnownColumn[],
  fresh: readonly KnownColumn[],
): readonly SchemaDrift[] {
  const pairs = gone
    .flatMap((old) => fresh.map((one) => pairOf(old, one)))
    .sort((a, b) => b.likeness - a.likeness);
  return pairs.flatMap((pair): SchemaDrift[] => {
    const { old, fresh: now, likeness, shared } = pair;
    const rivals = pairs.filter(
      (other) => other !== pair && (other.old === old || other.fresh === now),
    );
    const isAlone = rivals.every((rival) => rival.likeness <= likeness - likenessLead);
    if (likeness < likenessLimit || !isAlone) return [];
    const of = Math.min(old.values.length, now.values.length);
    return [
      {
        source,
        column: old.schema.name,
        kind: "renamed",
        now: now.schema.name,
        was: old.schema.type,
        is: now.schema.type,
        evidence: `${shared} of ${of} compared values are the same, likeness ${likeness.toFixed(2)}`,
      },
    ];
  });
}

function pairOf(old: KnownColumn, fresh: KnownColumn): Pair {
  const values = new Set(fresh.values);
  const shared = old.values.filter((value) => values.has(value)).length;
  if (old.schema.type !== fresh.schema.type) return { old, fresh, likeness: 0, shared };
  const fewest = Math.min(old.values.length, fresh.values.length);
  const overlap = fewest === 0 ? 0 : shared / fewest;
  const isTelling = Math.min(old.distinct, fresh.distinct) >= tellingValues;
  const likeness =
    weights.values * (isTelling ? overlap : overlap / 2) +
    weights.range * rangeOverlap(old, fresh) +
    weights.name * nameLikeness(old.schema.name, fresh.schema.name);
  return { old, fresh, likeness, shared };
}

/** Of the stretch that both cover together: the share that both cover. */
function rangeOverlap(one: KnownColumn, other: KnownColumn): number {
  const [a, b, c, d] = [one.min, one.max, other.min, other.max].map(position);
  if (a === undefined || b === undefined || c === undefined || d === undefined) return 0;
  if (![a, b, c, d].every(Number.isFinite)) return 0;
  const whole = Math.max(b, d) - Math.min(a, c);
  if (whole <= 0) return 1;
  return Math.max(0, Math.min(b, d) - Math.max(a, c)) / whole;
}

function position(text: string | null): number {
  if (text === null || text.trim() === "") return Number.NaN;
  const number = Number(text);
  return Number.isNaN(number) ? Date.parse(text) : number;
}

/** Dice's coefficient over pairs of letters, without case and punctuation. */
function nameLikeness(one: string, other: string): number {
  const [a, b] = [lettersOf(one), lettersOf(other)];
  if (a === b) return 1;
  const [pairsA, pairsB] = [pairsIn(a), pairsIn(b)];
  if (pairsA.size + pairsB.size === 0) return 0;
  const shared = [...pairsA].filter((pair) => pairsB.has(pair)).length;
  return (2 * shared) / (pairsA.size + pairsB.size);
}

function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function pairsIn(text: string): ReadonlySet<string> {
  return new Set(
    Array.from({ length: Math.max(0, text.length - 1) }, (_, i) => text.slice(i, i + 2)),
  );
}
