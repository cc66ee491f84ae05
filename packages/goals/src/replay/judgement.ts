import { type Difference, firstDifference } from "./difference.ts";

/**
 * What a replay finds about a record: `same`, the system decides the same again; `given`, it came from
 * outside, such as what a task found out; `different`, it would decide something else.
 */
export type Verdict = "same" | "given" | "different";

export interface Judgement {
  readonly verdict: Verdict;
  /** For people: what it was found from, who gave it, or what is wrong with it. */
  readonly why: string;
  readonly difference?: Difference;
}

export function same(why: string): Judgement {
  return { verdict: "same", why };
}

export function given(why: string): Judgement {
  return { verdict: "given", why };
}

export function different(why: string, difference?: Difference): Judgement {
  return { verdict: "different", why, ...(difference === undefined ? {} : { difference }) };
}

/** Compares a record, or a part of one, with what it is found to be again. */
export function compared(recorded: unknown, derived: unknown, from: string): Judgement {
  const difference = firstDifference(recorded, derived);
  if (difference === undefined) return same(from);
  const where = difference.path === "" ? "it" : `'${difference.path}'`;
  const { recorded: was = "nothing", derived: is = "nothing" } = difference;
  return different(`${where} is recorded as ${was}, and found as ${is}`, difference);
}
