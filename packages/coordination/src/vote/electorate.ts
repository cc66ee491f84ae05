/** Most members of one electorate. */
export const electorateLimit = 1000;
/** Greatest weight of one member. */
const weightLimit = 1_000_000;

/** A member of an electorate as the caller names it. */
export interface Elector {
  readonly member: string;
  /** What its vote weighs, an integer of 1 to 1,000,000. Default 1. */
  readonly weight?: number | undefined;
}

/**
 * What is wrong with an electorate, naming each member by its place; empty when nothing is. A loop, not a schema: each
 * vote asks it of each member before the first is called, where a schema takes longer than all else that is done there.
 */
export function electorateFaults(electorate: readonly Elector[]): readonly string[] {
  if (electorate.length > electorateLimit) {
    return [`electorate: ${electorate.length} members are more than ${electorateLimit}`];
  }
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const [place, { member, weight = 1 }] of electorate.entries()) {
    if (typeof member !== "string" || member === "") {
      faults.push(`electorate.${place}.member: name the member, got ${JSON.stringify(member)}`);
    } else if (seen.size === seen.add(member).size) {
      faults.push(`electorate.${place}.member: '${member}' is named twice`);
    }
    if (!Number.isInteger(weight) || weight < 1 || weight > weightLimit) {
      faults.push(
        `electorate.${place}.weight: ${weight} of '${member}' is no integer from 1 to ${weightLimit}`,
      );
    }
  }
  return faults;
}
