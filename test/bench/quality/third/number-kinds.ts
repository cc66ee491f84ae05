import type { Column } from "../column.ts";
import type { Line } from "../second/damage.ts";
import {
  type Change,
  chosen,
  deviation,
  each,
  hurt,
  inColumn,
  isMeasure,
  isVaried,
  type Kind,
  like,
  mean,
  shuffled,
  sound,
  stretch,
  type Way,
} from "./damage.ts";
import { ordered } from "./relations.ts";

const decimals = (value: string): number => /\.(\d+)$/.exec(value)?.[1]?.length ?? 0;
const isFine = (column: Column): boolean =>
  isVaried(column) &&
  column.present.filter((value) => decimals(value) >= 2).length > column.present.length * 0.8;
const isYear = ({ kind, lowest, highest, distinct, present }: Column): boolean =>
  kind === "number" &&
  distinct > 2 &&
  lowest >= 1000 &&
  highest <= 2100 &&
  present.every((value) => /^\d{4}$/.test(value));

/** Another unit from a row on, where that moves the values far from what they were. */
const unit = (factor: number, more = 0): Way =>
  inColumn(
    isMeasure,
    (column) => {
      const apart = Math.abs(mean(column) * (factor - 1) + more) / deviation(column);
      if (!(apart > 2)) return undefined;
      return (value) =>
        Number(value) === 0 ? undefined : like(value, Number(value) * factor + more);
    },
    "tail",
  );

const german: Change = (value) => {
  const [whole = "", rest] = value.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ".");
  return rest === undefined && grouped === whole
    ? undefined
    : grouped + (rest === undefined ? ",00" : `,${rest}`);
};
const indian: Change = (value) => {
  const [, sign = "", head = "", last = "", rest = ""] =
    /^(-?)(\d{3,})(\d{3})(\..*)?$/.exec(value) ?? [];
  return head === "" ? undefined : `${sign}${head.replace(/\B(?=(\d{2})+$)/g, ",")},${last}${rest}`;
};

/** Values above or below a bound become the bound. */
const clipped =
  (share: number): Way =>
  (subject) => {
    const { table, columns, draw } = subject;
    for (const column of shuffled(columns.filter(isVaried), draw)) {
      const sorted = column.present.toSorted((a, b) => Number(a) - Number(b));
      const bound = sorted[Math.floor((sorted.length - 1) * share)] ?? "";
      const beyond = (value: string): boolean =>
        share > 0.5 ? Number(value) > Number(bound) : Number(value) < Number(bound);
      const lines = sound(table).map((line): Line => {
        const value = line.cells[column.index];
        return value != null && beyond(value) ? hurt(line.cells.with(column.index, bound)) : line;
      });
      if (lines.filter(({ damaged }) => damaged).length >= 5)
        return { lines, columns: [column.name] };
    }
    return undefined;
  };

/** Values go up and down by far more than their last digit says: a straight line between them shows. */
function isRough({ present }: Column): boolean {
  const bends = present
    .slice(2)
    .map((value, at) => Math.abs(Number(value) - 2 * Number(present[at + 1]) + Number(present[at])))
    .sort((a, b) => a - b);
  return (bends[Math.floor(bends.length / 2)] ?? 0) > 10 * 10 ** -decimals(present[0] ?? "");
}

/** A gap that somebody filled. */
const filled =
  (
    make: (first: number, last: number, at: number, length: number) => number,
    exact: boolean,
  ): Way =>
  (subject) => {
    const { table, columns, draw } = subject;
    for (const column of shuffled(
      columns.filter((one) => isVaried(one) && (exact || isRough(one))),
      draw,
    )) {
      const place = stretch(subject, 10);
      if (place === undefined) return undefined;
      const [from, to] = place;
      const [before, after] = [
        table.rows[from - 1]?.[column.index],
        table.rows[to]?.[column.index],
      ];
      if (before == null || after == null || before === after) continue;
      const lines = sound(table).map((line, at): Line => {
        if (at < from || at >= to) return line;
        const value = make(Number(before), Number(after), at - from + 1, to - from + 1);
        return hurt(
          line.cells.with(column.index, exact ? String(value) : (like(before, value) ?? null)),
        );
      });
      return { lines, columns: [column.name] };
    }
    return undefined;
  };

/** Each value stays for four rows: a sensor that is read more often than it measures. */
const held: Way = (subject) => {
  const { table, columns, draw } = subject;
  for (const column of shuffled(columns.filter(isVaried), draw)) {
    const place = stretch(subject, 16);
    if (place === undefined) return undefined;
    const [from, to] = place;
    const repeats = table.rows.filter(
      (row, at) => row[column.index] === table.rows[at - 1]?.[column.index],
    );
    if (repeats.length > table.rows.length / 20) continue;
    const lines = sound(table).map((line, at): Line => {
      const source = at - ((at - from) % 4);
      if (at < from || at >= to || source === at) return line;
      return hurt(line.cells.with(column.index, table.rows[source]?.[column.index] ?? null));
    });
    return { lines, columns: [column.name] };
  }
  return undefined;
};

const drifting = inColumn(
  isVaried,
  (column, { table }) => {
    const rate = (3 * (column.highest - column.lowest)) / table.rows.length;
    return (value, at) =>
      at > table.rows.length * 0.5
        ? like(value, Number(value) + rate * (at - table.rows.length * 0.5))
        : undefined;
  },
  "tail",
);

const crossed: Way = ({ table, columns, draw }) => {
  const pairs = ordered(columns, table.rows).filter(([low]) => low.kind === "number");
  if (pairs.length === 0) return undefined;
  const [low, high] = draw.pick(pairs);
  const possible = table.rows.flatMap((row, at) => {
    const [a, b] = [row[low.index], row[high.index]];
    return a != null && b != null && Number(a) < Number(b) ? [at] : [];
  });
  const rows = new Set(chosen(possible, table.rows.length, draw, "loose"));
  const lines = sound(table).map((line, at): Line => {
    const [a = null, b = null] = [line.cells[low.index], line.cells[high.index]];
    return rows.has(at) ? hurt(line.cells.with(low.index, b).with(high.index, a)) : line;
  });
  return { lines, columns: [low.name, high.name] };
};

/** A number that stands for nothing, far from all that are measured. */
const standIn = (text: string): Way =>
  inColumn(isMeasure, ({ lowest, highest }) => {
    const range = highest - lowest;
    const far = Number(text) > highest + range || Number(text) < lowest - range;
    return far ? () => text : undefined;
  });

const fractions: Readonly<Record<string, string>> = {
  "25": "1/4",
  "5": "1/2",
  "75": "3/4",
  "50": "1/2",
};
const coordinate =
  (pattern: RegExp) =>
  ({ name, kind }: Column): boolean =>
    kind === "number" && pattern.test(name);
const isPlace = coordinate(/^(lat(itude)?|lon(gitude)?|cx|cy)$/i);

/** What happens to numbers. */
export const numberKinds: readonly Kind[] = [
  {
    kind: "bookkeeping",
    seen: "signs and words stand in a column of numbers",
    variants: each(isMeasure, {
      credit: (value) => `${value} CR`,
      guarded: (value) => `***${value}`,
      dash: (value) => (/^\d+$/.test(value) ? `${value},-` : undefined),
      fraction: (value) => {
        const [whole, rest = ""] = value.split(".");
        return fractions[rest] === undefined ? undefined : `${whole} ${fractions[rest]}`;
      },
      estimate: (value) => `${value} (est.)`,
      million: (value) =>
        Number(value) >= 1e5 ? `${(Number(value) / 1e6).toFixed(1)} Mio.` : undefined,
    }),
  },
  {
    kind: "another country's numbers",
    seen: "rows that follow one another write numbers with other marks",
    variants: {
      ...each(isMeasure, { german, indian }, "stretch"),
      ...each(
        isFine,
        { "point lost": (value) => value.replace(".", "").replace(/^(-?)0+(?=\d)/, "$1") },
        "stretch",
      ),
    },
  },
  {
    kind: "unit changed from a row on",
    seen: "from one row to the next the values move by two deviations or more and stay there",
    variants: {
      thousands: unit(0.001),
      ones: unit(1000),
      cents: unit(100),
      fahrenheit: unit(1.8, 32),
      pounds: unit(2.204_62),
      kilometres: unit(1.609_34),
    },
  },
  {
    kind: "decimals cut from a row on",
    seen: "values that have two decimals or more are whole from a row on",
    variants: {
      whole: inColumn(isFine, () => (value) => String(Math.trunc(Number(value))), "tail"),
    },
  },
  {
    kind: "clipped",
    seen: "values that hardly repeat are often at the largest or at the smallest",
    variants: { above: clipped(0.9), below: clipped(0.1) },
  },
  {
    kind: "gap filled",
    seen: "values on a straight line, or in fours, where others hardly repeat",
    variants: {
      line: filled((first, last, at, length) => first + ((last - first) * at) / length, true),
      "rounded line": filled(
        (first, last, at, length) => first + ((last - first) * at) / length,
        false,
      ),
      held,
    },
  },
  {
    kind: "drift",
    seen: "values rise steadily to far above all before them",
    variants: { up: drifting },
  },
  {
    kind: "minus lost",
    seen: "values above nought where all are below",
    variants: each(
      ({ kind, highest, distinct }) => kind === "number" && distinct > 5 && highest < 0,
      {
        positive: (value) => value.replace("-", ""),
      },
    ),
  },
  {
    kind: "bounds crossed",
    seen: "the lower value is above the higher one",
    variants: { exchanged: crossed },
  },
  {
    kind: "year of another kind",
    seen: "years outside the years of the file",
    variants: each(isYear, {
      buddhist: (value) => String(Number(value) + 543),
      "two digits": (value) => value.slice(2),
      "first of January": (value) => `1/1/${value}`,
      "digits swapped": (value) => {
        const result = `${value[1]}${value[0]}${value.slice(2)}`;
        return result === value ? undefined : result;
      },
      span: (value) => `${value}-${two(Number(value) + 1)}`,
    }),
  },
  {
    kind: "number for nothing",
    seen: "one value, far from all others, again and again",
    variants: Object.fromEntries(
      ["-888", "77777", "-9", "12345678", "1e-99", "-1.00E+30"].map((text) => [
        text,
        standIn(text),
      ]),
    ),
  },
  {
    kind: "coordinates written otherwise",
    seen: "no number, or none on the globe",
    variants: each(isPlace, {
      degrees: (value) => {
        const size = Math.abs(Number(value));
        const minutes = (size % 1) * 60;
        return `${Math.trunc(size)}°${Math.trunc(minutes)}'${((minutes % 1) * 60).toFixed(1)}"`;
      },
      micro: (value) => String(Math.round(Number(value) * 1e6)),
      letter: (value) => `${value.replace("-", "")}${value.startsWith("-") ? "W" : "N"}`,
    }),
  },
];

function two(year: number): string {
  return String(year % 100).padStart(2, "0");
}
