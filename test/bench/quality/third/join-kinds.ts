import type { Column } from "../column.ts";
import type { Damaged, Line } from "../second/damage.ts";
import type { Cell } from "../table.ts";
import { hurt, type Kind, type Subject, shuffled, sound, type Way } from "./damage.ts";
import { dependent } from "./relations.ts";

const isKey =
  (rows: number) =>
  ({ distinct, present, kind }: Column): boolean =>
    distinct === rows &&
    present.length === rows &&
    rows > 12 &&
    (kind !== "number" || present.every((value) => /^\d+$/.test(value)));

/** A key that some rows share, and the columns that it says what is in. */
function lookup(
  subject: Subject,
  least: number,
): { cause: Column; effects: readonly Column[]; value: Cell; rows: readonly number[] } | undefined {
  const { table, columns, draw } = subject;
  const pairs = dependent(columns, table.rows);
  for (const cause of shuffled([...new Set(pairs.map(([one]) => one))], draw)) {
    const effects = pairs.flatMap(([one, effect]) =>
      one === cause && effect.present.length === table.rows.length ? [effect] : [],
    );
    const groups = Map.groupBy(table.rows.keys(), (at) => table.rows[at]?.[cause.index] ?? null);
    const fitting = [...groups].filter(
      ([value, at]) => value !== null && at.length >= least && at.length < table.rows.length / 4,
    );
    if (effects.length === 0 || fitting.length === 0) continue;
    const [value, rows] = draw.pick(fitting);
    return { cause, effects, value, rows };
  }
  return undefined;
}

/** A lookup had two entries for a key: each row of the key is there twice, with the one and with the other. */
const doubled: Way = (subject) => {
  const found = subject.table.names.length < 4 ? undefined : lookup(subject, 2);
  if (found === undefined) return undefined;
  const { effects, rows } = found;
  const effect = subject.draw.pick(effects);
  const before = subject.table.rows[rows[0] ?? 0]?.[effect.index];
  const others = effect.present.filter((value) => value !== before);
  const other = subject.draw.pick(others);
  const set = new Set(rows);
  const lines = sound(subject.table).flatMap((line, at): Line[] =>
    set.has(at) ? [hurt(line.cells), hurt(line.cells.with(effect.index, other))] : [line],
  );
  return { lines, columns: subject.table.names };
};

/** A lookup had no entry for a key: all that comes from it is missing there. */
const missed: Way = (subject) => {
  const found = lookup(subject, 2);
  if (found === undefined) return undefined;
  const set = new Set(found.rows);
  const lines = sound(subject.table).map((line, at): Line => {
    const cells = found.effects.reduce<readonly Cell[]>(
      (all, { index }) => all.with(index, null),
      line.cells,
    );
    return set.has(at) ? hurt(cells) : line;
  });
  return { lines, columns: found.effects.map(({ name }) => name) };
};

/** The lookup's entry changed while the file was written. */
const stale: Way = (subject) => {
  const found = lookup(subject, 6);
  if (found === undefined) return undefined;
  const { rows, effects, cause } = found;
  const effect = subject.draw.pick(effects);
  const before = subject.table.rows[rows[0] ?? 0]?.[effect.index];
  const other = subject.draw.pick(effect.present.filter((value) => value !== before));
  const set = new Set(rows.slice(0, Math.max(1, Math.floor(rows.length * 0.3))));
  const lines = sound(subject.table).map(
    (line, at): Line => (set.has(at) ? hurt(line.cells.with(effect.index, other)) : line),
  );
  return { lines, columns: [effect.name, cause.name] };
};

/** Rows again under a key that is taken, with what other rows say. */
const again =
  (make: (subject: Subject, cells: readonly Cell[], key: Column) => readonly Cell[]): Way =>
  (subject): Damaged | undefined => {
    const { table, columns, draw } = subject;
    const keys = columns.filter(isKey(table.rows.length));
    if (keys.length === 0 || table.names.length < 3) return undefined;
    const key = draw.pick(keys);
    const chosen = new Set(
      draw.some(
        [...table.rows.keys()],
        draw.whole(1, Math.max(1, Math.round(table.rows.length / 60))),
      ),
    );
    const lines = sound(table).flatMap((line, at): Line[] =>
      chosen.has(at) ? [hurt(line.cells), hurt(make(subject, line.cells, key))] : [line],
    );
    return { lines, columns: table.names };
  };

/** What joins and loads do. */
export const joinKinds: readonly Kind[] = [
  {
    kind: "join doubled rows",
    seen: "rows are there twice and differ in a column that their key decides everywhere else",
    variants: { "two entries": doubled },
  },
  {
    kind: "join found nothing",
    seen: "columns that are full everywhere are empty for one key",
    variants: { "no entry": missed },
  },
  {
    kind: "stale lookup",
    seen: "one key has two values, where every other has one",
    variants: { "changed on the way": stale },
  },
  {
    kind: "key again",
    seen: "a key that no two rows share is there twice",
    variants: {
      "others' values": again(({ table, draw }, cells, key) =>
        (draw.pick(table.rows) ?? cells).with(key.index, cells[key.index] ?? null),
      ),
      "half empty": again((_, cells, key) =>
        cells.map((cell, at) => (at === key.index || at % 2 === 0 ? cell : null)),
      ),
    },
  },
];
