import { z } from "zod";
import { type InspectionRuleId, inspectionRules } from "./inspection-rules.ts";

const ids = Object.keys(inspectionRules) as [InspectionRuleId, ...InspectionRuleId[]];

/** The name of a rule of the inspection. */
export const inspectionRuleSchema = z.enum(ids, {
  error: ({ input }) =>
    `'${String(input)}' is no rule of the inspection; there are: ${ids.join(", ")}`,
});

/** What somebody wants of the inspection. */
export const inspectionChoiceSchema = z.strictObject({
  /** Rules that are not looked for, by name. Default: none. */
  off: z.array(inspectionRuleSchema).max(ids.length).default([]),
});
