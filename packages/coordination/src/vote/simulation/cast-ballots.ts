import type { Random } from "@troupe/actor";
import { between, happens, pick } from "../../simulation/chance.ts";
import type { Ballot, CalledVote } from "../protocol.ts";

/**
 * How a member of a simulated electorate votes.
 *
 * - `honest`: always the same, whoever asks and however often.
 * - `silent`: not at all; `abstaining`: for nothing.
 * - `double`: for two things at once; `fickle`: for something else whenever it is called.
 * - `two-faced`: honest to some tellers, and for something else to others.
 * - `forging`: honest, and in the others' names.
 * - `astray`: with ballots of another round, another vote, or for what is no option; then honest.
 */
export type Manner =
  | "honest"
  | "silent"
  | "abstaining"
  | "double"
  | "fickle"
  | "two-faced"
  | "forging"
  | "astray";

/** Manners of members that deceive. */
export const lies: readonly Manner[] = ["double", "fickle", "two-faced", "forging", "astray"];

type Choice = Pick<Ballot, "choice" | "ranking">;

/** What every member really said, for whoever judges outcomes: it sees what no teller can. */
export class CastBallots {
  readonly #random: Random;
  readonly #members: readonly string[];
  readonly #opinions = new Map<string, Choice>();
  /** By vote, round and member: every ballot it has sent in its own name, as text. */
  readonly #cast = new Map<string, Set<string>>();

  constructor(random: Random, members: readonly string[]) {
    this.#random = random;
    this.#members = members;
  }

  /** What a member thinks of a question, the same whenever it is asked. */
  opinion(member: string, vote: Pick<CalledVote, "id" | "options" | "ranked">): Choice {
    const key = `${vote.id} ${member}`;
    const known = this.#opinions.get(key) ?? this.#draw(vote);
    this.#opinions.set(key, known);
    return known;
  }

  /** Lets a member think what it is told to. */
  persuade(member: string, id: string, choice: string): void {
    this.#opinions.set(`${id} ${member}`, { choice });
  }

  /** The ballots that a member answers a call with. */
  answer(member: string, manner: Manner, vote: CalledVote, teller: string): readonly Ballot[] {
    const own = (choice: Choice): Ballot => this.#note(ballotOf(vote, member, choice));
    const opinion = this.opinion(member, vote);
    const other = (): Choice => this.#other(vote, opinion);
    switch (manner) {
      case "silent":
        return [];
      case "abstaining":
        return [own({ choice: null })];
      case "double":
        return [own(opinion), own(other())];
      case "fickle":
        return [own(happens(this.#random, 0.5) ? opinion : other())];
      case "two-faced":
        return [own(isFirstHalf(teller) ? opinion : other())];
      case "forging": {
        const others = this.#members.filter((one) => one !== member);
        return [own(opinion), ...others.map((one) => ballotOf(vote, one, other()))];
      }
      case "astray": {
        const ballot = ballotOf(vote, member, other());
        return [
          { ...ballot, round: vote.round + 1 },
          { ...ballot, vote: `${vote.id}-old` },
          { ...ballotOf(vote, "nobody", opinion) },
          own(opinion),
        ];
      }
      case "honest":
        return [own(opinion)];
    }
  }

  /** Whether the member has sent this in its own name. */
  hasCast(vote: string, round: number, member: string, choice: Choice): boolean {
    return this.#cast.get(`${vote} ${round} ${member}`)?.has(textOf(choice)) ?? false;
  }

  #note(ballot: Ballot): Ballot {
    const key = `${ballot.vote} ${ballot.round} ${ballot.member}`;
    const known = this.#cast.get(key) ?? new Set();
    this.#cast.set(key, known.add(textOf(ballot)));
    return ballot;
  }

  #draw({ options, ranked }: Pick<CalledVote, "options" | "ranked">): Choice {
    const random = this.#random;
    if (!ranked) return { choice: pick(random, options) };
    const order = options
      .map((option) => ({ option, place: random.next() }))
      .sort((a, b) => a.place - b.place)
      .map(({ option }) => option);
    const ranking = order.slice(0, between(random, 1, order.length));
    return { choice: ranking[0] ?? null, ranking };
  }

  #other(vote: CalledVote, { choice }: Choice): Choice {
    const others = vote.options.filter((option) => option !== choice);
    return { choice: others.length === 0 ? null : pick(this.#random, others) };
  }
}

function ballotOf({ id, round, digest }: CalledVote, member: string, choice: Choice): Ballot {
  return { vote: id, round, digest, member, reason: "", ...choice };
}

function textOf({ choice, ranking }: Choice): string {
  return JSON.stringify([choice, ranking ?? null]);
}

/** Parts tellers into two sides, on which nobody but the liars agrees. */
function isFirstHalf(teller: string): boolean {
  return teller < "c";
}
