import { type Domain, type Experience, experienceOf, withExperience } from "@troupe/planning";
import type { PlanExperience } from "../../goal/records.ts";
import { etlDomain } from "./domain.ts";
import { taskTypes } from "./planned-etl.ts";

/** The ETL domain with success probabilities as they were learned; as declared when nothing is known. */
export function learnedDomain(experience: PlanExperience | undefined): Domain {
  if (experience === undefined) return etlDomain;
  return withExperience(etlDomain, experience, { at: experience.at });
}

/** What is known of task types as what is known of the actions that they do: several actions may be of one type. */
export function experienceOfActions(known: Experience): Experience {
  const actions = [...etlDomain.actions.keys()].flatMap((action) => {
    const type = taskTypes[action] ?? action;
    const tally = Object.hasOwn(known.actions, type) ? known.actions[type] : undefined;
    return tally === undefined ? [] : [[action, tally] as const];
  });
  return experienceOf(etlDomain, { ...known, actions: Object.fromEntries(actions) });
}
