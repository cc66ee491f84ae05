import { expect, test } from "vitest";
import { type Cells, inspections, noise, rowsOf } from "./inspect.test-support.ts";

const { named } = inspections();

const day = (from: string, after: number): string =>
  new Date(Date.parse(from) + after * 86_400_000).toISOString().slice(0, 10);

test("a run of zeros is usual where zeros come in spells, and a run of another number is not", async () => {
  const sales = (value: number): Cells[] =>
    rowsOf(300, (at) => {
      if (at >= 100 && at < 125) return [at, value];
      return [at, at % 9 === 0 ? 0 : Math.round(noise(at) * 1e5)];
    });
  expect(await named(["n", "sold"], sales(0), "stuck", "sold")).toEqual([]);
  expect(await named(["n", "sold"], sales(4711), "stuck", "sold")).toHaveLength(25);
});

test("a run that is a fifth of the file or more is a part of it", async () => {
  const seats = (length: number): Cells[] =>
    rowsOf(60, (at) => [at, at >= 60 - length ? 7000 : Math.round(noise(at) * 1e4)]);
  expect(await named(["n", "seat"], seats(16), "stuck", "seat")).toEqual([]);
  expect(await named(["n", "seat"], seats(9), "stuck", "seat")).toHaveLength(9);
});

const towns = ["Ashford", "Bexhill", "Colchester", "Dunstable", "Evesham", "Fareham"];
const regions = ["south", "coast", "east", "middle", "west", "harbour"];

test("a name that stands for two things depends on nothing, and a slip among rows that agree is found", async () => {
  const places = (other: (at: number) => string | undefined): Cells[] =>
    rowsOf(240, (at) => [towns[at % 6] ?? "", other(at) ?? regions[at % 6] ?? ""]);
  const names = ["town", "region"];
  const slip = (at: number): string | undefined => (at === 51 ? "hills" : undefined);
  const twofold = (at: number): string | undefined =>
    at % 6 === 2 && at < 66 ? "north" : slip(at);
  expect(await named(names, places(twofold), "dependency", "region")).toEqual([]);
  expect(await named(names, places(slip), "dependency", "region")).toEqual([52]);
});

test("one exception among thirty rows says nothing yet", async () => {
  const places = (count: number): Cells[] =>
    rowsOf(count, (at) => [towns[at % 4] ?? "", at === 9 ? "north" : (regions[at % 4] ?? "")]);
  expect(await named(["town", "region"], places(30), "dependency", "region")).toEqual([]);
  expect(await named(["town", "region"], places(80), "dependency", "region")).toEqual([10]);
});

test("days in no order repeat as birthdays do, days in order do not", async () => {
  const hired = (order: boolean): Cells[] => {
    const days = rowsOf(60, (at) => [Math.floor(noise(at * 3) * 4000)]).map(([one]) => Number(one));
    const sorted = order ? days.toSorted((a, b) => a - b) : days;
    return rowsOf(60, (at) => [
      `${(at * 37) % 1000} x`,
      day("2010-01-01", sorted[at === 30 ? 29 : at] ?? 0),
    ]);
  };
  expect(await named(["who", "hired"], hired(false), "key", "hired")).toEqual([]);
  expect(await named(["who", "hired"], hired(true), "key", "hired")).toEqual([30, 31]);
});

test("two titles may be the same, two codes may not", async () => {
  const list = (write: (at: number) => string): Cells[] =>
    rowsOf(300, (at) => [write(at === 200 ? 3 : at), Math.round(noise(at) * 1e6)]);
  expect(
    await named(
      ["title", "n"],
      list((at) => `The ${towns[at % 6]} of ${at}`),
      "key",
      "title",
    ),
  ).toEqual([]);
  expect(
    await named(
      ["title", "n"],
      list((at) => `T-${1000 + at}`),
      "key",
      "title",
    ),
  ).toEqual([4, 201]);
});

test("a mark that a name always has is part of it, and one that it otherwise has not is odd", async () => {
  const lines = (write: (at: number) => string): Cells[] => rowsOf(200, (at) => [write(at)]);
  const own = (at: number): string => (at % 20 === 0 ? "Northwind*" : (towns[at % 6] ?? ""));
  expect(await named(["line"], lines(own), "odd-character", "line")).toEqual([]);
  const noted = (at: number): string => `${towns[at % 6]}${at % 60 === 0 ? "*" : ""}`;
  expect(await named(["line"], lines(noted), "odd-character", "line")).toEqual([1, 61, 121, 181]);
});

test("digits stand between the letters of codes, and not of words", async () => {
  const own = (write: (at: number) => string): Cells[] => rowsOf(120, (at) => [write(at)]);
  const code = (at: number): string => (at === 60 ? "us10cg8d" : `us${1000 + at}`);
  expect(await named(["code"], own(code), "odd-character", "code")).toEqual([]);
  const word = (at: number): string => (at === 60 ? "Bexh1ll" : (towns[at % 6] ?? ""));
  expect(await named(["code"], own(word), "odd-character", "code")).toEqual([61]);
});

test("titles are written as their makers like", async () => {
  const list = (titles: boolean): Cells[] =>
    rowsOf(400, (at) => {
      const own = titles
        ? `The ${towns[at % 6]} of ${towns[at % 5]} and ${regions[at % 6]} ${at}`
        : (towns[at % 6] ?? "");
      return [at === 77 ? own.toLowerCase() : own];
    });
  expect(await named(["title"], list(true), "letter-case", "title")).toEqual([]);
  expect(await named(["title"], list(false), "letter-case", "title")).toEqual([78]);
});

test("a short word in another one's place is another name, a slip in a long one is not", async () => {
  const lines = (rare: string): Cells[] =>
    rowsOf(200, (at) => [at === 40 ? rare : at % 2 === 0 ? "UPS AIRLINES" : "Northern Airways"]);
  expect(await named(["line"], lines("PSA AIRLINES"), "category-variant", "line")).toEqual([]);
  expect(await named(["line"], lines("Nothern Airwasy"), "category-variant", "line")).toEqual([41]);
  expect(await named(["line"], lines("Nothern Airways"), "category-variant", "line")).toEqual([41]);
});

test("numbers in another order are other names", async () => {
  const lines = (rare: string): Cells[] =>
    rowsOf(200, (at) => [
      at === 41 ? rare : at % 2 === 0 ? "M 0.1 near the lake" : "M 2.5 near the wood",
    ]);
  expect(await named(["quake"], lines("M 1.0 near the lake"), "category-variant", "quake")).toEqual(
    [],
  );
  expect(await named(["quake"], lines("M-0.1 near the lake"), "category-variant", "quake")).toEqual(
    [42],
  );
});

test("what comes often is a name of its own, though it begins another one", async () => {
  const counties = (rows: number): Cells[] =>
    rowsOf(300, (at) => [at < rows ? "Ada" : at < 60 + rows ? "Adams" : (towns[at % 6] ?? "")]);
  expect(await named(["county"], counties(16), "category-variant", "county")).toEqual([]);
  expect(await named(["county"], counties(2), "category-variant", "county")).toEqual([1, 2]);
});

test("numbers of a name that stands for two places are far from no one", async () => {
  const spots = (wrong: (at: number) => boolean): Cells[] =>
    rowsOf(300, (at) => [
      towns[at % 6] ?? "",
      wrong(at) ? 500 + noise(at) : 100 * (at % 6) + noise(at),
    ]);
  const names = ["town", "north"];
  const two = (at: number): boolean => at % 6 === 1 && at < 100;
  expect(await named(names, spots(two), "group-outlier", "north")).toEqual([]);
  expect(
    await named(
      names,
      spots((at) => at === 49),
      "group-outlier",
      "north",
    ),
  ).toEqual([50]);
});

test("where the name that explains a number best stands for two places, the next best may tell what is far", async () => {
  const rows = rowsOf(300, (at) => {
    const zone = at % 5;
    const two = zone === 1 && at < 80;
    const town = zone === 0 ? `${towns[at % 3]} Mills` : (towns[zone] ?? "");
    const north = two ? 500 : at === 52 ? 900 : 100 * zone;
    return [at === 52 ? null : town, two ? "other" : `zone ${zone}`, north + noise(at)];
  });
  expect(await named(["town", "zone", "north"], rows, "group-outlier", "north")).toEqual([53]);
});

test("the number of a name is not far from its neighbours, wherever the name stands", async () => {
  const rows = (coded: boolean): Cells[] =>
    rowsOf(400, (at) => {
      const place = at % 50;
      const odd = coded ? place === 25 : at === 30;
      return [`P${String(place).padStart(3, "0")}`, odd ? 200 : 10 + place];
    });
  expect(await named(["place", "id"], rows(true), "neighbour", "id")).toEqual([]);
  expect(await named(["place", "id"], rows(false), "neighbour", "id")).toEqual([31]);
});

test("in forty rows what occurs twice is not misplaced", async () => {
  const rows = (count: number): Cells[] =>
    rowsOf(count, (at) => [
      at % 2 === 0 ? "small" : "large",
      at === 3 || at === 7 ? "small" : (towns[at % 4] ?? ""),
    ]);
  expect(await named(["size", "town"], rows(40), "misplaced", "town")).toEqual([]);
  expect(await named(["size", "town"], rows(120), "misplaced", "town")).toEqual([4, 8]);
});

test("things are done on other days of the week now and then, which a rule does not allow", async () => {
  const dates = (odd: readonly number[]): Cells[] =>
    rowsOf(400, (at) => [at, day("2020-01-03", 7 * at + (odd.includes(at) ? 2 : 0))]);
  const often = Array.from({ length: 14 }, (_, at) => 11 + at * 27);
  const shuffled = (rows: Cells[]): Cells[] =>
    rows.toSorted((a, b) => noise(Number(a[0])) - noise(Number(b[0])));
  expect(await named(["n", "shown"], shuffled(dates(often)), "date-part", "shown")).toEqual([]);
  expect(
    await named(["n", "shown"], shuffled(dates([11, 200])), "date-part", "shown"),
  ).toHaveLength(2);
});

test("in forty rows a few steps are no rule", async () => {
  const rows = (steps: number): Cells[] => {
    let days = 0;
    return rowsOf(40, (at) => {
      days += at === 20 || at === 21 ? 9 - (at - 20) : 1 + Math.floor(noise(at) * steps);
      return [at % 7, day("2020-01-01", days)];
    });
  };
  expect(await named(["n", "day"], rows(5), "step", "day")).toEqual([]);
  expect(await named(["n", "day"], rows(1), "step", "day")).toEqual([21]);
});

test("a gap of one pair of columns among many is chance in a short table", async () => {
  const names = Array.from({ length: 10 }, (_, at) => `c${at}`);
  const table = (columns: number): Cells[] =>
    rowsOf(60, (row) =>
      Array.from({ length: columns }, (_, at) => {
        const base = 1000 * noise(row) + 100;
        if (at === 0) return base.toFixed(2);
        if (at > 1) return (1e4 * noise(row * 7 + at)).toFixed(2);
        return (base + (row === 33 ? 32 : 10 * (0.5 + noise(row + 99)))).toFixed(2);
      }),
    );
  expect(await named(names, table(10), "relation", "c1")).toEqual([]);
  expect(await named(names.slice(0, 2), table(2), "relation", "c1")).toEqual([34]);
});

test("a value that is only somewhat more usual than those around it is usual, and one that is far more so is not", async () => {
  const winds = (times: number): Cells[] =>
    rowsOf(1000 + times, (at) => [at, (7.13 + (at < 1000 ? at % 100 : 50) * 0.37).toFixed(2)]);
  expect(await named(["n", "wind"], winds(20), "spike", "wind")).toEqual([]);
  expect(await named(["n", "wind"], winds(35), "spike", "wind")).toHaveLength(45);
});
