import { expect, test } from "vitest";
import { atLeast, atMost } from "./chance.ts";
import { type Cells, inspections, noise, rowsOf } from "./inspect.test-support.ts";

const { named } = inspections();

const towns = ["Ashford", "Bexhill", "Colchester", "Dunstable", "Evesham", "Fareham"];

test("how likely so many or fewer are, and so many or more", () => {
  expect(atMost(0, 2)).toBeCloseTo(Math.exp(-2), 10);
  expect(atLeast(1, 2)).toBeCloseTo(1 - Math.exp(-2), 10);
  expect(atLeast(3, 0.5) + atMost(2, 0.5)).toBeCloseTo(1, 10);
  expect(atLeast(3, 0)).toBe(0);
  expect(atLeast(2, 5)).toBeCloseTo(1 - 6 * Math.exp(-5), 10);
});

test("numbers with as many digits that count have more decimals the smaller they are", async () => {
  const rates = (wrong: string): Cells[] =>
    rowsOf(200, (at) => [
      at,
      at === 90 ? wrong : (10 + 80 * noise(at)).toPrecision(6).replace(/0$/, "1"),
    ]);
  expect(await named(["n", "rate"], rates("0.07896541"), "decimals", "rate")).toEqual([91]);
  expect(await named(["n", "rate"], rates("0.0789654"), "decimals", "rate")).toEqual([]);
});

test("the length of words beside numbers says nothing of how a code is written", async () => {
  const bands = (rare: string): Cells[] =>
    rowsOf(300, (at) => [at % 20 === 7 ? rare : at % 2 === 0 ? "top 25%" : "mid 50%"]);
  expect(await named(["band"], bands("bottom 25%"), "shape", "band")).toEqual([]);
  expect(await named(["band"], bands("bottom25"), "shape", "band")).toHaveLength(15);
});

test("of many pairs of columns one is the same in a row by chance", async () => {
  const counts = (columns: number, same: readonly number[]): Cells[] =>
    rowsOf(200, (row) =>
      Array.from({ length: columns }, (_, at) => {
        const from = at === 1 && same.includes(row) ? 0 : at;
        return 1001 + Math.floor(noise(row * 31 + from * 1013) * 8000);
      }),
    );
  const names = ["a", "b", "c", "d"];
  const copied = [10, 24, 39, 60, 61, 77, 99, 120, 150, 171, 190];
  expect(await named(names, counts(4, copied), "equal-columns", "b")).toEqual(
    copied.map((at) => at + 1),
  );
  const overlapping = (same: readonly number[]): Cells[] =>
    rowsOf(200, (row) =>
      Array.from({ length: 8 }, (_, at) => {
        if (at === 7 && same.includes(row)) return 101 + Math.floor(noise(row * 31) * 800);
        return 101 + Math.floor(noise(row * 31 + at * 1013) * 800);
      }),
    );
  const many = ["a", "b", "c", "d", "e", "f", "g", "h"];
  expect(await named(many, overlapping([10]), "equal-columns", "h")).toEqual([]);
});

test("columns that hold the same kind of things are the same now and then", async () => {
  const places = (named: boolean): Cells[] =>
    rowsOf(300, (at) => {
      const county = `${towns[at % 6]}shire ${at % 40}`;
      // Some towns have the name of a county, of theirs or of another one.
      const other =
        named && at % 30 === 5 ? `${towns[(at + 1) % 6]}shire ${(at + 1) % 40}` : `t${at}x`;
      return [at % 37 === 3 ? county : other, county];
    });
  expect(await named(["town", "county"], places(true), "equal-columns", "town")).toEqual([]);
  expect(await named(["town", "county"], places(false), "equal-columns", "town")).toHaveLength(9);
});

test("rows with a few categories are alike by chance, rows with much in them are not", async () => {
  const people = (measured: boolean): Cells[] =>
    rowsOf(300, (at) => {
      const own = at === 200 ? 100 : at;
      return [
        20 + Math.floor(noise(own) * 40),
        Math.floor(noise(own * 3) * 6),
        towns[Math.floor(noise(own * 5) * 6)] ?? "",
        measured ? (noise(own * 7) * 1e4).toFixed(2) : Math.floor(noise(own * 7) * 3),
      ];
    });
  const names = ["age", "children", "town", "answer"];
  expect(await named(names, people(false), "duplicate-row", "age")).toEqual([]);
  expect(await named(names, people(true), "duplicate-row", "age")).toEqual([101, 201]);
});

test("a measure that mostly grows falls now and then, and what is sorted does not", async () => {
  const prices = (by: number): Cells[] => {
    let price = 100;
    return rowsOf(200, (at) => {
      price += 1 + noise(at);
      return [at % 7, (at % 25 === 12 ? price - by : price).toFixed(3)];
    });
  };
  expect(await named(["n", "price"], prices(3.2), "step", "price")).toEqual([]);
  expect((await named(["n", "price"], prices(30), "step", "price")).length).toBeGreaterThan(4);
});

test("what is in all rows of a category, and nowhere else, is how they are", async () => {
  const prices = (odd: (at: number) => boolean): Cells[] =>
    rowsOf(300, (at) => [
      `${towns[at % 6]} ${Math.floor(at / 6) % 5}`,
      ((odd(at) ? 90_000 : 100) * (1 + noise(at))).toFixed(1),
    ]);
  const ofOne = (at: number): boolean => at % 6 === 2 && Math.floor(at / 6) % 5 === 3;
  expect(await named(["town", "price"], prices(ofOne), "outlier", "price")).toEqual([]);
  const anywhere = (at: number): boolean => at % 31 === 4;
  expect(await named(["town", "price"], prices(anywhere), "outlier", "price")).toHaveLength(10);
});

test("a series that begins late is missing before, and what is missing in the middle is a gap", async () => {
  const series = (from: number, to: number): Cells[] =>
    rowsOf(120, (at) => [at, at >= from && at < to ? null : (noise(at) * 1e3).toFixed(1)]);
  expect(await named(["n", "level"], series(0, 50), "missing-run", "level")).toEqual([]);
  expect(await named(["n", "level"], series(60, 72), "missing-run", "level")).toHaveLength(12);
});

test("of yes and no one may be rare, and so may what is in no category", async () => {
  const answers = (rare: string, usual: readonly string[], count: number): Cells[] =>
    rowsOf(400, (at) => [
      at % 50 === 7 && at < count * 50 ? rare : (usual[at % usual.length] ?? ""),
    ]);
  const three = ["north", "south", "east"];
  expect(await named(["a"], answers("yes", ["no"], 8), "rare-category", "a")).toEqual([]);
  expect(await named(["a"], answers("other", three, 4), "rare-category", "a")).toEqual([]);
  expect(await named(["a"], answers("purple", three, 4), "rare-category", "a")).toHaveLength(4);
});

test("what is where the order of the file puts it is no outlier", async () => {
  const places = (far: readonly number[]): Cells[] =>
    rowsOf(300, (at) => [at % 7, far.includes(at) ? 900 : Math.floor(at / 4)]);
  expect(await named(["n", "x"], places([297, 298, 299]), "outlier", "x")).toEqual([]);
  expect(await named(["n", "x"], places([120, 121, 299]), "outlier", "x")).toEqual([121, 122, 300]);
});

test("a row between two of its kind is where it belongs, though its name has others elsewhere", async () => {
  const states = ["ME", "NH", "VT", "MA", "RI"];
  const counties = (sorted: boolean): Cells[] =>
    rowsOf(400, (at) => {
      const state = Math.floor(at / 80);
      const usual = `${towns[at % 5]} ${states[state]}`;
      // One county of the first state goes on into the last one.
      const over = sorted ? at === 370 : at === 20;
      const county = over && sorted ? `${towns[1]} ME` : usual;
      return [county, over && !sorted ? "RI" : (states[state] ?? ""), 40 + state + noise(at) / 9];
    });
  const names = ["county", "state", "north"];
  expect(await named(names, counties(true), "dependency", "state")).toEqual([]);
  expect(await named(names, counties(true), "group-outlier", "north")).toEqual([]);
  expect(await named(names, counties(false), "dependency", "state")).toEqual([21]);
  const moved = counties(false).map(([county, , north], at) => [
    county ?? "",
    "",
    at === 20 ? 44 : (north ?? ""),
  ]);
  expect(await named(names, moved, "group-outlier", "north")).toEqual([21]);
});

test("what is done once a day comes as often as a year has days", async () => {
  const flights = (times: number): Cells[] =>
    rowsOf(1000, (at) => [
      at,
      at % 20 === 3 ? times : at % 200 === 4 ? 365 : 1 + Math.floor(600 * noise(at) ** 2),
    ]);
  expect(await named(["n", "count"], flights(366), "spike", "count")).toEqual([]);
  expect((await named(["n", "count"], flights(367), "spike", "count")).length).toBeGreaterThan(40);
});

test("in a column without any order no value is far from its neighbours, in a smooth one it is", async () => {
  const places = (smooth: boolean): Cells[] =>
    rowsOf(60, (at) => {
      const value = smooth ? 50 + 40 * Math.sin(at / 6) : 100 * noise(at * 7);
      return [at % 7, (at === 31 ? 260 : value).toFixed(2)];
    });
  expect(await named(["n", "x"], places(false), "neighbour", "x")).toEqual([]);
  expect(await named(["n", "x"], places(true), "neighbour", "x")).toEqual([32]);
});

test("of directions 359 is beside 1", async () => {
  const winds = (name: string, from: (at: number) => number) => {
    const rows = rowsOf(300, (at) => [at % 7, at % 40 === 21 ? 357 + (at % 3) : from(at)]);
    return named(["n", name], rows, "outlier", name);
  };
  const breeze = (at: number): number => Math.floor(20 + 40 * noise(at));
  expect(await winds("windDir", breeze)).toEqual([]);
  expect(await winds("level", breeze)).toHaveLength(7);
  const turning = (name: string): Promise<readonly number[]> =>
    named(
      ["n", name],
      rowsOf(300, (at) => [at % 7, at === 150 ? 358 : 30 + Math.round(29 * Math.sin(at / 9.2))]),
      "neighbour",
      name,
    );
  expect(await turning("level")).toEqual([151]);
  expect(await turning("dir")).toEqual([]);
});

test("a value that one category has again and again is its own, and one that all have was filled in", async () => {
  const places = (one: boolean): Cells[] =>
    rowsOf(600, (at) => {
      const filled = one ? at % 6 === 2 && at % 3 === 2 && at < 200 : at % 17 === 5;
      return [towns[at % 6] ?? "", (filled ? 41.237 : 35 + 10 * noise(at)).toFixed(3)];
    });
  expect(await named(["town", "north"], places(true), "spike", "north")).toEqual([]);
  expect((await named(["town", "north"], places(false), "spike", "north")).length).toBe(35);
});

test("a total that is far from one part is right where another part makes the rest", async () => {
  const costs = (rest: number): Cells[] =>
    rowsOf(200, (at) => {
      const repair = 100 + Math.floor(noise(at) * 9000);
      const other = at === 77 ? 60_000 : 0;
      return [at % 7, repair, other, repair + (at === 77 ? rest : other)];
    });
  const names = ["n", "repair", "other", "total"];
  expect(await named(names, costs(60_000), "relation", "total")).toEqual([]);
  expect(await named(names, costs(90_000), "relation", "total")).toEqual([78]);
});

test("towns named as counties are in their place, a county among towns that have other names is not", async () => {
  const places = (alike: boolean): Cells[] =>
    rowsOf(600, (at) => {
      const county = `${towns[at % 6]} county ${at % 12}`;
      const other = alike && at % 60 === 13 ? `${towns[at % 5]} county ${at % 5}` : `t${at % 240}x`;
      return [at % 120 === 7 ? `${towns[1]} county 1` : other, county];
    });
  const shared = rowsOf(600, (at) => {
    // Seats of small counties have their names, and so has one town the name of a large county.
    const county = at < 300 ? `large ${at % 6}` : `small ${at % 150}`;
    if (at === 450 || at === 451) return [`large ${at % 2}`, county];
    return [at >= 500 && at < 520 ? `small ${at % 150}` : `t${at % 240}x`, county];
  });
  expect(await named(["town", "county"], places(false), "misplaced", "town")).toHaveLength(5);
  expect(await named(["town", "county"], shared, "misplaced", "town")).toEqual([]);
});

test("lists in a cell are no categories: another order is no other spelling, and one list more no exception", async () => {
  const quakes = (write: (list: string) => string): Cells[] =>
    rowsOf(300, (at) => {
      const net = ["nc", "us", "ak"][at % 3] ?? "";
      return [at, net, write(at % 37 === 5 ? `at,${net}` : `${net},at`)];
    });
  const listed = quakes((list) => `,${list},`);
  expect(await named(["n", "net", "sources"], listed, "category-variant", "sources")).toEqual([]);
  expect(await named(["n", "net", "sources"], listed, "dependency", "sources")).toEqual([]);
  // The same as names are.
  const plain = quakes((list) => list.replace(",", " "));
  expect(await named(["n", "net", "sources"], plain, "category-variant", "sources")).toHaveLength(
    8,
  );
});
