import { expect, test } from "vitest";
import { cleanGoalSchema, datasetName } from "./goal.ts";

test("a dataset is named after its file unless a name is asked for", () => {
  const named = (source: string, output?: string) =>
    datasetName(cleanGoalSchema.parse({ kind: "clean", source, ...(output && { output }) }));
  expect(named("/data/movies.json")).toBe("movies");
  expect(named("/data/flights 3m (old).parquet")).toBe("flights-3m-old-");
  expect(named("/data/…")).toBe("dataset");
  expect(named("/data/movies.json", "films")).toBe("films");
});

test("a dataset of several files is named after the first, or after what the pattern says", () => {
  const named = (source: string | readonly string[]) =>
    datasetName(cleanGoalSchema.parse({ kind: "clean", source }));
  expect(named("/data/orders-*.csv")).toBe("orders");
  expect(named("/data/*.csv")).toBe("dataset");
  expect(named(["/data/b.csv", "/data/a.csv"])).toBe("b");
});

test.each([
  [[], /at least one file/],
  [["a.csv", "a.csv"], /no file twice/],
  [["a.csv", ""], /must be the path of a file/],
  [Array.from({ length: 257 }, (_, at) => `${at}.csv`), /at most 256 files/],
  [7, /must be the path of a file/],
])("a source that is no file and no list of files is refused", (source, why) => {
  const parsed = cleanGoalSchema.safeParse({ kind: "clean", source });
  expect(parsed.error?.issues[0]?.message).toMatch(why);
});

test("rules of the inspection are switched off by name, and a name that none has is refused", () => {
  const goal = (off: unknown) =>
    cleanGoalSchema.safeParse({ kind: "clean", source: "/data/a.csv", quality: { off } });
  expect(goal(["stuck", "key"]).data?.quality).toEqual({ off: ["stuck", "key"] });
  const refused = goal(["stuk"]).error?.issues[0];
  expect(refused?.path).toEqual(["quality", "off", 0]);
  expect(refused?.message).toMatch(/^'stuk' is no rule of the inspection; there are: .*stuck/);
});

test("a name that could leave the datasets folder is refused", () => {
  for (const output of ["../up", "a/b", ".hidden", ""]) {
    expect(cleanGoalSchema.safeParse({ kind: "clean", source: "x.csv", output }).success).toBe(
      false,
    );
  }
});

test("a field that no one knows is refused by name", () => {
  const parsed = cleanGoalSchema.safeParse({ kind: "clean", source: "x.csv", ouput: "typo" });
  expect(parsed.error?.issues[0]?.message).toContain("ouput");
});
