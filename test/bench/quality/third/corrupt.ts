import { columnsOf } from "../column.ts";
import type { Corrupted } from "../corrupt.ts";
import { drawing, isOfDose } from "../draw.ts";
import type { Damaged } from "../second/damage.ts";
import { type Form, fileOf, recordOf } from "../second/forms.ts";
import type { Table } from "../table.ts";
import { type Kind, type Subject, shuffled } from "./damage.ts";
import { joinKinds } from "./join-kinds.ts";
import { numberKinds } from "./number-kinds.ts";
import { recordKinds } from "./record-kinds.ts";
import { relations } from "./relations.ts";
import { sheetKinds } from "./sheet-kinds.ts";
import { textKinds } from "./text-kinds.ts";
import { timeKinds } from "./time-kinds.ts";

const all: readonly Kind[] = [
  ...sheetKinds,
  ...numberKinds,
  ...textKinds,
  ...timeKinds,
  ...joinKinds,
  ...recordKinds,
];

/** Every kind that this corruptor knows. */
export const kinds: readonly string[] = all.map(({ kind }) => kind);

/**
 * Damages a table `count` times, each time anew, in one way of one kind, and never so that nobody could tell. A kind
 * comes twice only after every other had its turn.
 *
 * @param seed chooses kinds, ways, columns, rows and doses
 */
export function corruptions(
  table: Table,
  form: Form,
  count: number,
  seed: number,
  dose?: number,
): readonly Corrupted[] {
  const draw = drawing(seed, dose);
  const columns = columnsOf(table);
  const subject: Subject = { table, columns, draw, breaks: relations(columns, table.rows) };
  const found: Corrupted[] = [];
  for (let round = 0; round < 10 && found.length < count; round += 1)
    for (const kind of shuffled(all, draw)) {
      if (found.length === count) break;
      const one = corrupt(kind, subject, form);
      if (one !== undefined && isOfDose(draw, table.rows.length, one.rows.size)) found.push(one);
    }
  return found;
}

function corrupt({ kind, variants }: Kind, subject: Subject, form: Form): Corrupted | undefined {
  for (const [variant, way] of shuffled(Object.entries(variants), subject.draw)) {
    const damaged = way(subject);
    if (damaged === undefined) continue;
    const { lines, columns } = damaged;
    const rows = new Set(lines.flatMap((line, at) => (line.damaged ? [at + 1] : [])));
    if (rows.size === 0) continue;
    return { kind, variant, columns, rows, text: textOf(damaged, subject.table, form) };
  }
  return undefined;
}

function textOf({ lines }: Damaged, { names }: Table, form: Form): string {
  const write = (cells: Parameters<typeof recordOf>[1]): string => recordOf(form, cells);
  const records = lines.map(({ cells, raw }) => raw?.(write) ?? write(cells));
  return fileOf(form, [write(names), ...records]);
}
