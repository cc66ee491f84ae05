import { columnsOf } from "../column.ts";
import type { Corrupted } from "../corrupt.ts";
import { type Draw, drawing, isOfDose } from "../draw.ts";
import type { Table } from "../table.ts";
import { columnKinds } from "./column-kinds.ts";
import type { Damaged, Kind } from "./damage.ts";
import { type Form, fileOf, recordOf } from "./forms.ts";
import { numberKinds } from "./number-kinds.ts";
import { recordKinds } from "./record-kinds.ts";
import { textKinds } from "./text-kinds.ts";
import { timeKinds } from "./time-kinds.ts";

const all: readonly Kind[] = [
  ...textKinds,
  ...numberKinds,
  ...timeKinds,
  ...columnKinds,
  ...recordKinds,
];

/** Every kind that this corruptor knows. */
export const kinds: readonly string[] = all.map(({ kind }) => kind);
/** An undamaged table as a file. */
export function written({ names, rows }: Table, form: Form): string {
  return fileOf(
    form,
    [names, ...rows].map((row) => recordOf(form, row)),
  );
}

/**
 * Damages a table `count` times, each time anew, in one way of one kind.  A kind comes twice only
 * after every other had its turn.
 */
export function corruptions(
  table: Table,
  form: Form,
  count: number,
  seed: number,
  dose?: number,
): readonly Corrupted[] {
  const draw = drawing(seed, dose);
  const found: Corrupted[] = [];
  const columns = columnsOf(table);
  for (let round = 0; round < 10 && found.length < count; round += 1) {
    for (const kind of shuffled(draw)) {
      if (found.length === count) break;
      const one = corrupt(kind, { table, columns, draw }, form);
      if (one !== undefined && isOfDose(draw, table.rows.length, one.rows.size)) found.push(one);
    }
  }
  return found;
}

function corrupt(
  kind: Kind,
  subject: { table: Table; columns: ReturnType<typeof columnsOf>; draw: Draw },
  form: Form,
): Corrupted | undefined {
  const waiting = [...Object.entries(kind.variants)];
  while (waiting.length > 0) {
    const [way] = waiting.splice(subject.draw.whole(0, waiting.length - 1), 1);
    if (way === undefined) return undefined;
    const damaged = way[1](subject);
    if (damaged === undefined) continue;
    return {
      kind: kind.kind,
      variant: way[0],
      columns: damaged.columns,
      rows: numbers(damaged),
      text: textOf(damaged, subject.table, form),
    };
  }
  return undefined;
}

function shuffled(draw: Draw): readonly Kind[] {
  const keyed = all.map((one) => ({ one, key: draw.share() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ one }) => one);
}

const numbers = ({ lines }: Damaged): ReadonlySet<number> =>
  new Set(lines.flatMap(({ damaged }, at) => (damaged ? [at + 1] : [])));

function textOf({ lines, header }: Damaged, { names }: Table, form: Form): string {
  const write = (cells: Parameters<typeof recordOf>[1]): string => recordOf(form, cells);
  const records = lines.map(({ cells, raw }) => raw?.(write) ?? write(cells));
  return fileOf(form, [write(header ?? names), ...records]);
}
