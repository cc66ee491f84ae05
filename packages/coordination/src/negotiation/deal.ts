import { z } from "zod";
import { InvalidSpecError } from "../errors.ts";
import { claimed } from "../session/messages.ts";

/** Most deals among which a mediator or an arbitrator looks. */
const dealLimit = 10_000;

const issueSchema = z.union([
  z.object({
    options: z
      .array(z.string())
      .min(1)
      .max(100)
      .refine((options) => new Set(options).size === options.length, "options must differ"),
  }),
  z
    .object({ from: z.number().int(), to: z.number().int() })
    .refine(({ from, to }) => from <= to, "from must not exceed to"),
]);

export const issuesSchema = z
  .record(z.string().min(1), issueSchema)
  .refine((issues) => Object.keys(issues).length >= 1, "name at least one issue")
  .refine((issues) => Object.keys(issues).length <= 20, "at most 20 issues");

/** What is negotiated: for each issue either options, or integers from one to another, both included. */
export type Issues = z.output<typeof issuesSchema>;

export const dealSchema = z.record(z.string(), z.union([z.string(), claimed]));

/** One value for each issue. */
export type Deal = z.output<typeof dealSchema>;

/** Whether this names an allowed value for each issue, and nothing else. */
export function isDeal(issues: Issues, deal: Deal): boolean {
  const names = Object.keys(issues);
  return (
    Object.keys(deal).length === names.length &&
    names.every((name) => {
      const issue = issues[name];
      const value = deal[name];
      if (issue === undefined || value === undefined || !Object.hasOwn(deal, name)) return false;
      if ("options" in issue) return typeof value === "string" && issue.options.includes(value);
      const { from, to } = issue;
      return typeof value === "number" && Number.isInteger(value) && value >= from && value <= to;
    })
  );
}

/**
 * All deals, in the order of the issues and their values; the last issue changes first.
 *
 * @throws InvalidSpecError when there are more than 10,000
 */
export function dealsOf(what: string, id: string, issues: Issues): readonly Deal[] {
  const count = Object.values(issues).reduce(
    (product, issue) =>
      product * ("options" in issue ? issue.options.length : issue.to - issue.from + 1),
    1,
  );
  if (count > dealLimit) {
    const why = `issues: ${count} deals are possible, at most ${dealLimit} can be looked at: name fewer values`;
    throw new InvalidSpecError(what, id, [why]);
  }
  return Object.entries(issues).reduce<readonly Deal[]>(
    (deals, [name, issue]) =>
      deals.flatMap((deal) => valuesOf(issue).map((value) => ({ ...deal, [name]: value }))),
    [{}],
  );
}

function valuesOf(issue: Issues[string]): readonly (string | number)[] {
  if ("options" in issue) return issue.options;
  return Array.from({ length: issue.to - issue.from + 1 }, (_, at) => issue.from + at);
}

/** In how many issues two deals differ. */
export function differences(one: Deal, other: Deal): number {
  return Object.keys(one).filter((name) => one[name] !== other[name]).length;
}

/** Whether two deals are the same. */
export function isSameDeal(one: Deal, other: Deal): boolean {
  return differences(one, other) === 0;
}
