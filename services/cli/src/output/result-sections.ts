import { cleanResultSchema, etlResultSchema, type GoalView } from "@troupe/goals";
import { cleanSections } from "./clean-sections.ts";
import { etlSections } from "./etl-sections.ts";
import type { Screen } from "./screen.ts";
import type { Section } from "./sections.ts";

/** What a goal came to, in the form that suits its kind; as JSON when there is none. */
export function resultSections(view: GoalView, screen: Screen): readonly Section[] {
  const { kind, result } = view;
  if (result === undefined) return [];
  if (kind === "clean") {
    const { data } = cleanResultSchema.safeParse(result);
    if (data !== undefined) return cleanSections(data, screen);
  }
  if (kind === "etl") {
    const { data } = etlResultSchema.safeParse(result);
    if (data !== undefined) return etlSections(data, screen);
  }
  return [{ title: "Result", lines: JSON.stringify(result, null, 2).split("\n") }];
}
