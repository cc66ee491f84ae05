import { type Domain, withExperience } from "@troupe/planning";
import type { GoalState } from "../../goal/state.ts";
import { cleanDomain, plainDomain } from "./domain.ts";
import { recallTask } from "./knowledge.ts";

/** The domain that a goal is planned in. One that was accepted when there were no other ways goes on without them. */
export function domainOf({ tasks }: Pick<GoalState, "tasks">): Domain {
  return tasks[recallTask] === undefined ? plainDomain : cleanDomain;
}

/** The goal's domain with success probabilities as they were learned; as declared when nothing is known. */
export function learnedDomain(
  state: Pick<GoalState, "tasks">,
  experience: GoalState["experience"],
): Domain {
  const domain = domainOf(state);
  return experience === undefined
    ? domain
    : withExperience(domain, experience, { at: experience.at });
}
