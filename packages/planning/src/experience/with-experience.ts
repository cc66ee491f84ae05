import type { Action, Domain, Measure, Method } from "../domain/domain.ts";
import { lowerCredibleBound, posteriorMean } from "./beta.ts";
import { type Experience, posterior, type Subject, tallyOf } from "./experience.ts";

/** For when experience is reckoned, and how much it is trusted. */
export interface WithExperienceOptions {
  /** The moment for which is planned. Milliseconds, on the clock of the observations. */
  readonly at: number;
  /** How many observations a declared probability is worth. Above 0. Default 10. */
  readonly priorStrength?: number;
  /**
   * Plans with the probability that an action or method has at least, with this credibility (above 0 and below 1),
   * so that what is little known is trusted less. Default: with the mean.
   */
  readonly credibility?: number;
}

/**
 * The same domain with success probabilities as they were learned: what the domain declares is the prior, observations
 * move it, and what is long past counts less and less. Risks, contingencies and confidence of plans follow, and
 * with order `"confidence"` the choice of methods.
 *
 * Probabilities that are functions of arguments and facts stay so: each of their values is a prior of its own, moved
 * by what was observed of the action. An action that fails in spite of a declared probability of 1 loses it.
 * Plans are to be repaired and verified in the domain they were made in, since their figures follow from it.
 *
 * @throws ExperienceError when the prior's strength is not positive or a declared probability is none
 */
export function withExperience(
  domain: Domain,
  experience: Experience,
  options: WithExperienceOptions,
): Domain {
  const learned = (subject: Subject, declared: number): number => {
    if (options.credibility === undefined && tallyOf(experience, subject) === undefined) {
      return declared;
    }
    const strength = options.priorStrength;
    const prior = {
      successProbability: declared,
      ...(strength === undefined ? {} : { strength }),
    };
    const distribution = posterior(experience, subject, prior, options.at);
    if (options.credibility === undefined) return posteriorMean(distribution);
    return lowerCredibleBound(distribution, options.credibility);
  };
  const ofAction = ({ name, successProbability: declared }: Action): Measure => {
    const subject = { kind: "action", name } as const;
    if (typeof declared === "number") return learned(subject, declared);
    return (args, facts) => learned(subject, declared(args, facts));
  };
  const methods = new Map(
    domain.methods.map((each): [Method, Method] => {
      const subject = { kind: "method", name: each.name } as const;
      return [each, { ...each, successProbability: learned(subject, each.successProbability) }];
    }),
  );
  return {
    ...domain,
    actions: new Map(
      [...domain.actions].map(([name, each]) => [
        name,
        { ...each, successProbability: ofAction(each) },
      ]),
    ),
    methods: [...methods.values()],
    methodsByTask: new Map(
      [...domain.methodsByTask].map(([task, own]) => [
        task,
        own.map((each) => methods.get(each) ?? each),
      ]),
    ),
  };
}

/**
 * Of an experience, what is about the actions and methods of a domain: all that planning in it can make use of.
 */
export function experienceOf(domain: Domain, experience: Experience): Experience {
  const methods = new Set(domain.methods.map(({ name }) => name));
  const pick = (tallies: Experience["actions"], isKnown: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(tallies).filter(([name]) => isKnown(name)));
  return {
    halfLifeMs: experience.halfLifeMs,
    actions: pick(experience.actions, (name) => domain.actions.has(name)),
    methods: pick(experience.methods, (name) => methods.has(name)),
  };
}
