import { type Domain, defineDomain, type Fact } from "@troupe/planning";
import { z } from "zod";
import { etlDefinition, etlDomain } from "./domain.ts";

/** By what a goal is planned. */
export interface EtlRules {
  readonly domain: Domain;
  /** Whether it plans with facts like this. */
  readonly knows: (fact: Fact) => boolean;
}

const {
  "stage-in-parts-after-all": _stage,
  "by-key-after-all": _compute,
  ...formerMethods
} = etlDefinition.methods;
const { "stage-parts": stageParts } = etlDefinition.actions;

/** How goals were planned before what is done at once could be done in parts after all. */
const former: EtlRules = {
  domain: defineDomain({
    ...etlDefinition,
    actions: {
      ...etlDefinition.actions,
      "stage-parts": {
        ...stageParts,
        preconditions: [...stageParts.preconditions, ["large", "?s"]],
      },
    },
    methods: formerMethods,
  }),
  knows: ([name]) => name !== "divisible",
};
const today: EtlRules = { domain: etlDomain, knows: () => true };

/** What a plan says of the methods that it could be made of: all that its domain has for a task like this. */
const analysedSchema = z.object({
  phases: z.object({ analysis: z.object({ reachableMethods: z.number() }) }),
});

/**
 * The rules that a plan was made by, so that what an earlier release decided about its goal is decided the same again, and gone
 * on with; today's when there is no plan yet.
 */
export function rulesOf(plan: unknown): EtlRules {
  const analysed = analysedSchema.safeParse(plan);
  if (!analysed.success) return today;
  const { reachableMethods } = analysed.data.phases.analysis;
  return reachableMethods > former.domain.methods.length ? today : former;
}
