import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";

const value = z.union([z.string(), z.number()]).transform(String);
const table = z.record(z.string(), value);

/** What shall hold in the end, by state variable. */
const multigoal = z.object({
  multigoal: z.looseObject({
    pos: table.default({}),
    loc: table.default({}),
    clear: z.record(z.string(), z.boolean()).default({}),
  }),
});
const todo = z.union([
  multigoal,
  z.tuple([z.literal("achieve"), multigoal]).transform(([, goal]) => goal),
  z.array(value).min(1),
]);

/** One call of GTPyhop's planner, and what it answered. */
export const exampleSchema = z.object({
  domain: z.string(),
  state: z.looseObject({
    pos: table.default({}),
    clear: z.record(z.string(), z.boolean()).default({}),
    loc: table.default({}),
    cash: z.record(z.string(), z.number()).default({}),
    flag: value.optional(),
  }),
  todo: z.array(todo),
  /** `false` where there is none. */
  plan: z.union([z.literal(false), z.array(z.array(value).min(1))]),
});

export type Example = z.output<typeof exampleSchema>;
export type ExampleState = Example["state"];
export type Multigoal = z.output<typeof multigoal>["multigoal"];

const root = resolve(import.meta.dirname, "../..");
const file = resolve(
  process.env["TROUPE_GTPYHOP"] ?? resolve(root, "../shared/data/gtpyhop-expected.json"),
);

/**
 * The examples of GTPyhop. `TROUPE_GTPYHOP` names the file.
 *
 * @returns none, with a notice, where the file is absent
 */
export function readExamples(): readonly Example[] {
  if (!existsSync(file)) {
    console.warn(`SKIPPED: plans of GTPyhop's examples, since there is no ${file}`);
    return [];
  }
  return z.object({ cases: z.array(exampleSchema) }).parse(JSON.parse(readFileSync(file, "utf8")))
    .cases;
}
