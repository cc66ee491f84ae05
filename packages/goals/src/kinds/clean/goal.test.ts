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
