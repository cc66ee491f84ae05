import { ExperienceError } from "../errors.ts";
import type { Beta } from "./beta.ts";

/** What was seen of one action or method. */
export interface Tally {
  /** Successes, each counted for as much as is not forgotten of it. */
  readonly succeeded: number;
  /** Failures, in the same way. */
  readonly failed: number;
  /** The moment up to which forgetting has been counted: that of the latest observation. Milliseconds. */
  readonly asOf: number;
}

/**
 * How often actions and methods went well. Plain data: it can be stored as JSON and read back. It holds one entry for
 * each name that was observed, and no more.
 */
export interface Experience {
  /** After so long an observation counts half, after twice as long a quarter. Milliseconds. */
  readonly halfLifeMs: number;
  /** By name of the action, which is the type of a task that somebody does. */
  readonly actions: Readonly<Record<string, Tally>>;
  readonly methods: Readonly<Record<string, Tally>>;
}

/** What is spoken of: an action or a method, whatever its arguments. */
export interface Subject {
  readonly kind: "action" | "method";
  readonly name: string;
}

/** Something that came to its end. */
export interface Outcome extends Subject {
  readonly succeeded: boolean;
  /** When. Milliseconds, on the same clock for all outcomes. */
  readonly at: number;
  /** How many such outcomes there were. A whole number from 1 on. Default 1. */
  readonly times?: number;
}

/** What is believed of a subject before anything is observed. */
export interface Prior {
  /** 0 to 1: what the domain declares. */
  readonly successProbability: number;
  /** How many observations the declaration is worth. Above 0. Default {@link defaultPriorStrength}. */
  readonly strength?: number;
}

/** A week. */
export const defaultHalfLifeMs = 7 * 24 * 60 * 60 * 1_000;
/** How many observations a declared probability is worth. */
export const defaultPriorStrength = 10;

/**
 * Experience without any observation.
 *
 * @param halfLifeMs default: a week
 * @throws ExperienceError when the half-life is not a positive number
 */
export function noExperience(halfLifeMs: number = defaultHalfLifeMs): Experience {
  if (!(halfLifeMs > 0 && Number.isFinite(halfLifeMs))) {
    throw new ExperienceError("halfLifeMs", halfLifeMs, "a number of milliseconds above 0");
  }
  return { halfLifeMs, actions: {}, methods: {} };
}

/**
 * The experience after one more outcome. The order in which outcomes become known does not matter: one that comes
 * late counts for what is left of it.
 *
 * A step's outcome is observed of its action. A method's own is whether it was right to choose it: failed when its
 * task had to be decomposed otherwise though no action of it failed, or failed only in this method; what an action
 * is to blame for wherever it is used need not be observed twice.
 *
 * @throws ExperienceError when `at` is not a number, or `times` not a whole number from 1 on
 */
export function observe(experience: Experience, outcome: Outcome): Experience {
  const { kind, name, succeeded, at, times = 1 } = outcome;
  if (!Number.isFinite(at)) throw new ExperienceError("at", at, "a time in milliseconds");
  if (!Number.isInteger(times) || times < 1) {
    throw new ExperienceError("times", times, "a whole number from 1 on");
  }
  const group = groupOf(kind);
  const known = tallyOf(experience, outcome) ?? { succeeded: 0, failed: 0, asOf: at };
  const asOf = Math.max(known.asOf, at);
  const old = remaining(experience, asOf - known.asOf);
  const fresh = times * remaining(experience, asOf - at);
  const tally: Tally = {
    succeeded: known.succeeded * old + (succeeded ? fresh : 0),
    failed: known.failed * old + (succeeded ? 0 : fresh),
    asOf,
  };
  return { ...experience, [group]: { ...experience[group], [name]: tally } };
}

/**
 * What is believed of a subject's success at a moment: the prior, and what is not forgotten of the observations.
 *
 * @param at milliseconds; a moment before the latest observation counts as that one
 * @throws ExperienceError when the prior is no probability or its strength is not positive
 */
export function posterior(
  experience: Experience,
  subject: Subject,
  prior: Prior,
  at: number,
): Beta {
  const { successProbability, strength = defaultPriorStrength } = prior;
  if (!(successProbability >= 0 && successProbability <= 1)) {
    const what = `successProbability of ${subject.kind} '${subject.name}'`;
    throw new ExperienceError(what, successProbability, "a number from 0 to 1");
  }
  if (!(strength > 0 && Number.isFinite(strength))) {
    throw new ExperienceError("strength of the prior", strength, "a number above 0");
  }
  const tally = tallyOf(experience, subject);
  const weight = remaining(experience, Math.max(0, at - (tally?.asOf ?? at)));
  return {
    alpha: successProbability * strength + (tally?.succeeded ?? 0) * weight,
    beta: (1 - successProbability) * strength + (tally?.failed ?? 0) * weight,
  };
}

/** What was seen of a subject, if anything. */
export function tallyOf(experience: Experience, { kind, name }: Subject): Tally | undefined {
  const group = experience[groupOf(kind)];
  // A name such as "constructor" must not find what every object has.
  return Object.hasOwn(group, name) ? group[name] : undefined;
}

function groupOf(kind: Subject["kind"]) {
  return kind === "action" ? "actions" : "methods";
}

/** What is left of an observation after a time. */
function remaining({ halfLifeMs }: Experience, passedMs: number): number {
  return 2 ** (-passedMs / halfLifeMs);
}
