/** A person as a proxy or a signed token names them. */
export interface Person {
  readonly user: string;
  readonly groups: readonly string[];
  /** Until when that holds, milliseconds since the epoch. Default: for the request. */
  readonly until?: number;
}

/** What people may do: see everything, or act too. */
export type Role = "viewer" | "operator";

/** Names of people, `group:NAME` for all of a group, and `*` for everybody. */
type People = readonly string[];

const groupMark = "group:";

/**
 * What a person may do.
 *
 * @returns undefined when they may not even look
 */
export function roleOf(
  person: Person,
  { operators, viewers }: { readonly operators: People; readonly viewers: People },
): Role | undefined {
  if (isAmong(operators, person)) return "operator";
  return isAmong(viewers, person) ? "viewer" : undefined;
}

function isAmong(people: People, { user, groups }: Person): boolean {
  if (people.includes("*")) return true;
  // A person who is called like a group is not thereby of it.
  if (!user.startsWith(groupMark) && people.includes(user)) return true;
  return groups.some((group) => people.includes(`${groupMark}${group}`));
}
