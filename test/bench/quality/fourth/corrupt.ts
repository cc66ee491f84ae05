import { columnsOf } from "../column.ts";
import { drawing, isOfDose } from "../draw.ts";
import { relations } from "../third/relations.ts";
import { byteKinds } from "./byte-kinds.ts";
import { type Kind, type Subject, shuffled } from "./damage.ts";
import { type Document, type Fields, layoutOf, piecesOf, tableOf } from "./document.ts";
import { keyKinds } from "./key-kinds.ts";
import { recordKinds } from "./record-kinds.ts";
import { valueKinds } from "./value-kinds.ts";

const all: readonly Kind[] = [...valueKinds, ...recordKinds, ...keyKinds, ...byteKinds];

/** Every kind that this corruptor knows. */
export const kinds: readonly string[] = all.map(({ kind }) => kind);

/** A damaged file in the format of the sound one, and what was done to it. */
export interface CorruptedFile {
  readonly kind: string;
  readonly variant: string;
  readonly text: Buffer;
  readonly columns: readonly string[];
  /** Numbers of the damaged rows, from 1. */
  readonly rows: ReadonlySet<number>;
  /** That the file is refused in these words is right, too. */
  readonly refusal?: RegExp;
  /** Share of the file, as it is written in the end, that is left. */
  readonly kept?: number;
}

/** The undamaged file. */
export function written(document: Document, seed: number): Buffer {
  const layout = layoutOf(drawing(seed));
  const lines = document.records.map((fields) => ({ fields, damaged: false }));
  return Buffer.concat(piecesOf(document, lines, layout).map(({ bytes }) => bytes));
}

/**
 * Damages a file `count` times, each time anew, in one way of one kind, and never so that nobody could tell. A kind
 * comes twice only after every other had its turn.
 *
 * @param seed chooses the layout, kinds, ways, columns, rows and doses
 * @param dose share of the rows to damage. Default: by chance
 */
export function corruptions(
  document: Document,
  count: number,
  seed: number,
  dose?: number,
): readonly CorruptedFile[] {
  const draw = drawing(seed, dose);
  const layout = layoutOf(draw);
  const table = tableOf(document);
  const columns = columnsOf(table).filter(({ name }) => isPlain(document, name));
  const lines = document.records.map((fields) => ({ fields, damaged: false }));
  const pieces = piecesOf(document, lines, layout);
  const breaks = relations(columns, table.rows);
  const subject: Subject = { document, columns, draw, breaks, pieces };
  const found: CorruptedFile[] = [];
  for (let round = 0; round < 10 && found.length < count; round += 1)
    for (const kind of shuffled(all, draw)) {
      if (found.length === count) break;
      const one = corrupt(kind, subject, layout);
      if (one !== undefined && isOfDose(draw, document.records.length, one.rows.size))
        found.push(one);
    }
  return found;
}

const isPlain = ({ records }: Document, name: string): boolean =>
  records.every((fields) =>
    fields.every(([own, value]) => own !== name || typeof value !== "object" || value === null),
  );

function corrupt(
  { kind, variants }: Kind,
  subject: Subject,
  layout: ReturnType<typeof layoutOf>,
): CorruptedFile | undefined {
  for (const [variant, way] of shuffled(Object.entries(variants), subject.draw)) {
    const damaged = way(subject);
    if (damaged === undefined) continue;
    if ("bytes" in damaged) {
      const { bytes, rows, ...rest } = damaged;
      return { kind, variant, text: bytes, rows: new Set(rows.map((at) => at + 1)), ...rest };
    }
    const { lines, columns } = damaged;
    const rows = new Set(lines.flatMap((line, at) => (line.damaged ? [at + 1] : [])));
    if (rows.size === 0) continue;
    if (subject.document.format === "parquet" && !keepsTypes(subject.document, lines)) continue;
    const text = Buffer.concat(piecesOf(subject.document, lines, layout).map(({ bytes }) => bytes));
    return { kind, variant, columns, rows, text };
  }
  return undefined;
}

/** Parquet holds one type in a column: what has another is not written at all. */
function keepsTypes(
  { records }: Document,
  lines: readonly { readonly fields: Fields; readonly raw?: string }[],
): boolean {
  const types = new Map(
    records.flatMap((fields) =>
      fields.filter(([, value]) => value !== null).map(([name, value]) => [name, typeof value]),
    ),
  );
  return lines.every(
    ({ fields, raw }) =>
      raw === undefined &&
      new Set(fields.map(([name]) => name)).size === fields.length &&
      fields.every(([name, value]) => value == null || typeof value === types.get(name)),
  );
}
