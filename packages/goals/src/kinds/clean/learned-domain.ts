import { type Domain, withExperience } from "@troupe/planning";
import type { PlanExperience } from "../../goal/records.ts";
import { cleanDomain } from "./domain.ts";

/** The cleaning domain with success probabilities as they were learned; as declared when nothing is known. */
export function learnedDomain(experience: PlanExperience | undefined): Domain {
  if (experience === undefined) return cleanDomain;
  return withExperience(cleanDomain, experience, { at: experience.at });
}
