import { defineActor, type Random } from "@troupe/actor";
import { agreeOnFields } from "../../schema-consensus/agree-on-fields.ts";
import { between, happens, pick } from "../../simulation/chance.ts";
import { type HeldPlay, heldScenario, passingFaults } from "../../simulation/held-scenario.ts";
import type { CallerContext, Holdings } from "../../simulation/holdings.ts";
import type { SimulatedNode, SimulatedScenario, SimulatedWorld } from "../../simulation/world.ts";
import { holdVote, type Voter } from "../hold-vote.ts";
import type { VoteOutcome } from "../outcome.ts";
import { tellerProtocol, voterProtocol } from "../protocol.ts";
import type { Rule, TieRule } from "../rule.ts";
import { CastBallots, lies, type Manner } from "./cast-ballots.ts";
import { judgeFields } from "./judge-fields.ts";
import { type HeldVote, judgeVote } from "./judge-vote.ts";

const nodes = ["a", "b", "c", "d"];
const members = nodes.map((name) => `${name}/voter`);
const deadlineMs = 600;
/** When, after the faults, votes are held that have to be decided, and how long one of them has. */
const lastFromMs = 500;
const lastDeadlineMs = 3000;

/** How the members of one simulation vote, by their nodes. */
type Manners = (random: Random) => ReadonlyMap<string, Manner>;

const anyManner: Manners = (random) => {
  const many: readonly Manner[] = ["honest", "honest", "honest", "silent", "abstaining", ...lies];
  return new Map(nodes.map((name) => [name, pick(random, many)]));
};

/** All are honest but some, who deceive in ways of their own. */
const liars =
  (count: number, ways = lies): Manners =>
  (random) => {
    const manners = new Map<string, Manner>(nodes.map((name) => [name, "honest"]));
    while ([...manners.values()].filter((one) => one !== "honest").length < count) {
      manners.set(pick(random, nodes), pick(random, ways));
    }
    return manners;
  };

interface Terms {
  readonly manners: Manners;
  /** Whether one question is put by several tellers at once, under a rule of two thirds. */
  readonly isShared: boolean;
}

function voteScenario(
  about: Pick<SimulatedScenario, "name" | "description" | "beyond">,
  terms: Terms,
): SimulatedScenario {
  const { links } = passingFaults;
  const clocks = { skewMs: 2000, drift: 0.01 };
  const faults = { ...passingFaults, links: { ...links, delayMs: 60 }, clocks };
  return heldScenario(
    {
      ...about,
      protocol: "vote",
      nodes,
      faults,
      faultyMs: 4000,
      calmMs: 10_000,
      actions: 12,
      lastFromMs,
    },
    (world, holdings) => new VotePlay(world, holdings, terms),
  );
}

/** The scenarios of votes. */
export const voteScenarios: readonly SimulatedScenario[] = [
  voteScenario(
    {
      name: "vote",
      description:
        "votes and schema agreements count who may vote, once, as they voted, and end in time",
    },
    { manners: anyManner, isShared: false },
  ),
  voteScenario(
    {
      name: "vote-liar",
      description: "of four members one may deceive: whoever puts a question, the same is decided",
    },
    { manners: liars(1), isShared: true },
  ),
  voteScenario(
    {
      name: "vote-two-liars",
      description:
        "two of four deceive, one more than is tolerated: two tellers are told different things",
      beyond: "f + 1 liars",
    },
    { manners: liars(2, ["two-faced"]), isShared: true },
  ),
];

class VotePlay implements HeldPlay {
  readonly #world: SimulatedWorld;
  readonly #holdings: Holdings;
  readonly #terms: Terms;
  readonly #cast: CastBallots;
  readonly #manners: ReadonlyMap<string, Manner>;
  /** By shared question: what was decided first. */
  readonly #decided = new Map<string, string>();
  #questions = 0;

  constructor(world: SimulatedWorld, holdings: Holdings, terms: Terms) {
    this.#world = world;
    this.#terms = terms;
    this.#cast = new CastBallots(world.random, members);
    this.#holdings = holdings;
    this.#manners = terms.manners(world.random);
    for (const [name, manner] of this.#manners) world.trace.add("manner", name, manner);
  }

  boot({ name, life }: SimulatedNode): void {
    const manner = this.#manners.get(name) ?? "honest";
    const voter = defineActor(voterProtocol, (self) => ({
      callForBallots: ({ vote, teller }) => {
        const box = self.ref(tellerProtocol, teller);
        const address = self.self.address;
        for (const ballot of this.#cast.answer(address, manner, vote, teller)) {
          box.tell("ballot", ballot);
        }
      },
    }));
    life.system.spawn(voter, { name: "voter" });
  }

  act(up: readonly SimulatedNode[]): void {
    const { random } = this.#world;
    if (this.#terms.isShared) return this.#share(up);
    if (happens(random, 0.2)) return this.#agree(pick(random, up));
    const options = ["red", "green", "blue"].slice(0, between(random, 1, 3));
    this.#hold(pick(random, up), {
      id: this.#name("v"),
      round: between(random, 1, 2),
      options,
      rule: drawRule(random),
      electorate: new Map(members.map((member) => [member, between(random, 1, 3)])),
      deadlineMs,
    });
  }

  get last(): readonly (() => void)[] {
    const { nodes: all } = this.#world;
    return all.slice(0, 2).map((node) => () => this.#decideOn(node, "green"));
  }

  #name(kind: string): string {
    this.#questions += 1;
    return `${kind}${this.#questions}`;
  }

  #hold(node: SimulatedNode, held: HeldVote, judge?: (outcome: VoteOutcome) => void): void {
    const { random } = this.#world;
    const { id, round, rule, deadlineMs: withinMs } = held;
    const graceMs = happens(random, 0.3) ? 100 : 0;
    const tie: TieRule = pick(random, ["no-consensus", "first-option", { chair: "a/voter" }]);
    const begin = (context: CallerContext): Promise<VoteOutcome> => {
      const electorate = electorateOf(context, held.electorate);
      const spec = { id, round, question: id, options: held.options, rule, tie, graceMs };
      const outcome = holdVote(context, { ...spec, deadlineMs: withinMs }, electorate);
      // The electorate is frozen: what becomes of the caller's list changes nothing.
      electorate.push({ ...(electorate[0] as Voter), member: "late/voter" });
      return outcome;
    };
    this.#holdings.hold(node, `${id} at ${node.name}`, withinMs, begin, (outcome, tookMs) => {
      judgeVote(this.#world, this.#cast, held, outcome, tookMs);
      judge?.(outcome);
    });
  }

  /** Puts one question at two nodes at once, as two that both believe to be in charge do. */
  #share(up: readonly SimulatedNode[]): void {
    const { random } = this.#world;
    const held: HeldVote = {
      id: this.#name("q"),
      round: 1,
      options: ["red", "green"],
      rule: { kind: "threshold", votes: 67, of: 100 },
      electorate: new Map(members.map((member) => [member, 1])),
      deadlineMs,
    };
    const tellers = [up[0], up.at(-1)].flatMap((node) => node ?? []);
    const isUnanimous = happens(random, 0.3);
    const honest = nodes.filter((name) => this.#manners.get(name) === "honest");
    if (isUnanimous)
      for (const name of honest) this.#cast.persuade(`${name}/voter`, held.id, "red");
    for (const node of new Set(tellers)) {
      const judge = ({ decided }: VoteOutcome): void => {
        if (decided === undefined) return;
        const first = this.#decided.get(held.id) ?? decided;
        this.#decided.set(held.id, first);
        this.#world.require(first === decided, "one question is decided one way", () => {
          return `${held.id}: ${first} and ${decided}`;
        });
        this.#world.require(
          !isUnanimous || decided === "red",
          "what all honest members want is decided, or nothing",
          () => held.id,
        );
      };
      this.#hold(node, held, judge);
    }
  }

  /** After the faults: those who are honest want the same, and get it when they are enough. */
  #decideOn(node: SimulatedNode, wanted: string): void {
    const id = this.#name("last");
    const frank = nodes.filter((name) =>
      ["honest", "forging"].includes(this.#manners.get(name) ?? ""),
    );
    for (const name of frank) this.#cast.persuade(`${name}/voter`, id, wanted);
    const held: HeldVote = {
      id,
      round: 1,
      options: ["red", wanted],
      rule: { kind: "threshold", votes: 67, of: 100 },
      electorate: new Map(members.map((member) => [member, 1])),
      deadlineMs: lastDeadlineMs,
    };
    const judge = ({ decided }: VoteOutcome): void => {
      const isOwed = frank.length >= 3;
      this.#world.require(
        !isOwed || decided === wanted,
        "without faults enough votes decide",
        () => {
          return `${id}: ${decided}`;
        },
      );
    };
    this.#hold(node, held, judge);
  }

  /** Settles the fields of a schema that members made proposals for. */
  #agree(node: SimulatedNode): void {
    const { random } = this.#world;
    const id = this.#name("s");
    const proposals = members.slice(0, between(random, 2, 4)).map((member) => ({
      member,
      fields: Object.fromEntries(
        ["one", "two", "three"].flatMap((field) => {
          const key = pick(random, ["date", "text"]);
          return happens(random, 0.8) ? [[field, { key, value: key }]] : [];
        }),
      ),
    }));
    const contested = 3;
    this.#holdings.hold(
      node,
      `${id} at ${node.name}`,
      deadlineMs * contested,
      (context) =>
        agreeOnFields(context, {
          id,
          proposals,
          electorate: electorateOf(context, new Map(members.map((member) => [member, 1]))),
          deadlineMs,
          fallback: () => "text",
        }),
      (agreement) => {
        judgeFields(this.#world, id, proposals, agreement);
        for (const vote of agreement.votes) {
          const held: HeldVote = {
            id: vote.id,
            round: 1,
            options: Object.keys(vote.counts),
            rule: { kind: "threshold", votes: 67, of: 100 },
            electorate: new Map(members.map((member) => [member, 1])),
            deadlineMs,
          };
          // Several are held at once, and how long each took is not known.
          judgeVote(this.#world, this.#cast, held, vote, deadlineMs);
        }
      },
    );
  }
}

function electorateOf(context: CallerContext, weights: ReadonlyMap<string, number>): Voter[] {
  return [...weights].map(([member, weight]) => ({
    member,
    weight,
    ref: context.ref(voterProtocol, member),
  }));
}

function drawRule(random: Random): Rule {
  const rule: Rule = pick(random, [
    { kind: "threshold", votes: 67, of: 100 },
    { kind: "threshold", votes: 2, of: 5 },
    { kind: "majority" },
    { kind: "qualified", votes: 2, of: 3 },
    { kind: "unanimous" },
    { kind: "ranked" },
    { kind: "schulze" },
  ]);
  return rule;
}
