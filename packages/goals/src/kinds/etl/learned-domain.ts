import { type Domain, type Experience, withExperience } from "@troupe/planning";
import type { PlanExperience } from "../../goal/records.ts";
import { etlDomain } from "./domain.ts";
import { taskTypes } from "./planned-etl.ts";

/** The domain with success probabilities as they were learned; as declared when nothing is known. */
export function learnedDomain(domain: Domain, experience: PlanExperience | undefined): Domain {
  if (experience === undefined) return domain;
  // Several actions may be of one task type: what is known of it is known of each.
  const actions = [...domain.actions.keys()].flatMap((action) => {
    const tally = tallyOf(experience, typeOf(action));
    return tally === undefined ? [] : [[action, tally] as const];
  });
  const byAction = { ...experience, actions: Object.fromEntries(actions) };
  return withExperience(domain, byAction, { at: experience.at });
}

/** Of what is known of task types, that of those that the ETL domain uses. */
export function experienceOfTypes(known: Experience): Experience {
  const types = new Set([...etlDomain.actions.keys()].map(typeOf));
  const actions = [...types].flatMap((type) => {
    const tally = tallyOf(known, type);
    return tally === undefined ? [] : [[type, tally] as const];
  });
  return { halfLifeMs: known.halfLifeMs, actions: Object.fromEntries(actions), methods: {} };
}

function typeOf(action: string): string {
  return taskTypes[action] ?? action;
}

function tallyOf({ actions }: Experience, type: string): Experience["actions"][string] | undefined {
  return Object.hasOwn(actions, type) ? actions[type] : undefined;
}
