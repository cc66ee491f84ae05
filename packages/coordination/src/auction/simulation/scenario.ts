import { between, happens, pick } from "../../simulation/chance.ts";
import { type HeldPlay, heldScenario, passingFaults } from "../../simulation/held-scenario.ts";
import type { CallerContext, Holdings } from "../../simulation/holdings.ts";
import type { SimulatedNode, SimulatedScenario, SimulatedWorld } from "../../simulation/world.ts";
import { type AuctionSpec, holdAuction } from "../hold-auction.ts";
import { holdOpenAuction } from "../open/hold-open-auction.ts";
import type { OpenAuctionOutcome } from "../open/outcome.ts";
import { type OpenTermsSpec, openTerms } from "../open/terms.ts";
import type { AuctionOutcome } from "../outcome.ts";
import { holdPackageAuction } from "../packages/hold-package-auction.ts";
import type { Lot } from "../packages/lot.ts";
import { BidBook } from "./bid-book.ts";
import { everyBidderProtocol, simulatedBidder } from "./bidder.ts";
import { judgeOpen, judgeOpenPrice } from "./judge-open.ts";
import { judgePackages } from "./judge-packages.ts";
import { judgeSealed, judgeTakers } from "./judge-sealed.ts";

const nodes = ["a", "b", "c", "d"];
const bidders = nodes.map((name) => `${name}/bidder`);
const answerMs = 200;
/** When, after the faults, auctions are held that have to be won. */
const lastFromMs = 500;
/** Some true costs are above it. */
const reserve = 16;

/** Ways to hold an auction. */
type Kind = "sealed" | "contract-net" | "english" | "dutch" | "packages";

function auctionScenario(
  about: Pick<SimulatedScenario, "name" | "description" | "protocol">,
  kinds: readonly Kind[],
): SimulatedScenario {
  // An award that has come too late by the bidder's clock is not taken: clocks differ less than its time.
  const faults = { ...passingFaults, clocks: { skewMs: 20, drift: 0.003 } };
  return heldScenario(
    { ...about, nodes, faults, faultyMs: 4000, calmMs: 15_000, actions: 10, lastFromMs },
    (world, holdings) => new AuctionPlay(world, holdings, kinds),
  );
}

/** The scenarios of auctions. */
export const auctionScenarios: readonly SimulatedScenario[] = [
  auctionScenario(
    {
      name: "auction",
      protocol: "auction",
      description:
        "sealed, Vickrey, English, Dutch and package auctions award once, by their rule, within the budget",
    },
    ["sealed", "english", "dutch", "packages"],
  ),
  auctionScenario(
    {
      name: "contract-net",
      protocol: "contract-net",
      description:
        "a task goes to the best that takes it, to one at a time, and again when winners decline or die",
    },
    ["contract-net"],
  ),
];

class AuctionPlay implements HeldPlay {
  readonly #world: SimulatedWorld;
  readonly #holdings: Holdings;
  readonly #kinds: readonly Kind[];
  readonly #book: BidBook;
  /** What came of each auction, until everybody has answered every award that was on its way. */
  readonly #ends = new Map<string, Parameters<typeof judgeTakers>[3]>();
  #auctions = 0;

  constructor(world: SimulatedWorld, holdings: Holdings, kinds: readonly Kind[]) {
    this.#world = world;
    this.#holdings = holdings;
    this.#kinds = kinds;
    this.#book = new BidBook(world.random, bidders);
    for (const bidder of bidders) world.trace.add("manner", bidder, this.#book.mannerOf(bidder));
  }

  boot(node: SimulatedNode): void {
    node.life.system.spawn(simulatedBidder(this.#book, bidders), { name: "bidder" });
  }

  act(up: readonly SimulatedNode[]): void {
    const { random } = this.#world;
    const invited = bidders.filter(() => happens(random, 0.8));
    this.#hold(pick(random, this.#kinds), pick(random, up), invited, false);
  }

  get last(): readonly (() => void)[] {
    const { nodes: all, random } = this.#world;
    return this.#kinds.map(
      (kind) => () => this.#hold(kind, pick(random, all), this.#book.honest, true),
    );
  }

  end(): void {
    for (const [id, ended] of this.#ends) {
      judgeTakers(this.#world, this.#book.takersOf(id), id, ended);
    }
  }

  /** @param owed whether all that are invited are honest, and can be reached */
  #hold(kind: Kind, node: SimulatedNode, invited: readonly string[], owed: boolean): void {
    this.#auctions += 1;
    const id = `x${this.#auctions}`;
    switch (kind) {
      case "sealed":
      case "contract-net":
        return this.#holdSealed(id, kind, node, invited, owed);
      case "english":
      case "dutch":
        return this.#holdOpen(id, kind, node, invited, owed);
      case "packages":
        return this.#holdPackages(id, node, invited);
    }
  }

  #holdSealed(
    id: string,
    kind: "sealed" | "contract-net",
    node: SimulatedNode,
    invited: readonly string[],
    owed: boolean,
  ): void {
    const { random } = this.#world;
    const rounds = kind === "sealed" ? 1 : between(random, 1, 3);
    const isVickrey = kind === "sealed" && happens(random, 0.5);
    const limit = owed ? 20 : reserve;
    const spec: AuctionSpec = {
      id,
      capability: "work",
      task: { id },
      order: { more: id },
      deadlineMs: answerMs,
      awardMs: answerMs / 2,
      rounds,
      pricing: isVickrey ? "second-price" : "first-price",
      ...(happens(random, 0.7) ? { reserve: limit } : {}),
      ...(kind === "contract-net" && !owed ? { requirements: { maxDurationMs: 180 } } : {}),
    };
    const longestMs = rounds * (answerMs + invited.length * answerMs);
    this.#holdings.hold(
      node,
      id,
      longestMs,
      (context) => holdAuction(context, spec, addressees(context, invited)),
      (outcome: AuctionOutcome) => {
        judgeSealed(this.#world, this.#book, spec, invited, outcome);
        this.#ended(id, outcome);
        if (!owed || invited.length === 0) return;
        const least = Math.min(...invited.map((bidder) => this.#book.costOf(id, bidder)));
        const isBest = outcome.awarded && this.#book.costOf(id, outcome.winner) === least;
        this.#world.require(isBest, "without faults the cheapest gets the task", () => {
          return `${id}: ${JSON.stringify(outcome)}`;
        });
      },
    );
  }

  #holdOpen(
    id: string,
    kind: "english" | "dutch",
    node: SimulatedNode,
    invited: readonly string[],
    owed: boolean,
  ): void {
    const step = between(this.#world.random, 1, 4);
    const terms: OpenTermsSpec =
      kind === "english" ? { kind, reserve, step } : { kind, reserve, step, start: 2 };
    const checked = openTerms(id, terms);
    const quotes = Math.ceil(reserve / step) + 1;
    const longestMs = (quotes + 2 * invited.length + 1) * answerMs;
    this.#holdings.hold(
      node,
      id,
      longestMs,
      (context) =>
        holdOpenAuction(
          context,
          { id, terms, capability: "work", answerMs, recalls: 2 },
          addressees(context, invited),
        ),
      (outcome: OpenAuctionOutcome) => {
        judgeOpen(this.#world, this.#book, id, checked, outcome);
        this.#ended(id, outcome);
        if (!owed || invited.length === 0) return;
        const costs = invited.map((bidder) => this.#book.costOf(id, bidder));
        judgeOpenPrice(this.#world, id, checked, costs, outcome);
      },
    );
  }

  #holdPackages(id: string, node: SimulatedNode, invited: readonly string[]): void {
    const { random } = this.#world;
    const items = ["p", "q", "r"].map((item) => ({ item, reserve: between(random, 5, 25) }));
    const lot: Lot = happens(random, 0.5)
      ? { kind: "units", units: between(random, 1, 4), reserve }
      : { kind: "items", items };
    const pricing = happens(random, 0.5) ? "vickrey" : "first-price";
    this.#holdings.hold(
      node,
      id,
      (1 + invited.length) * answerMs,
      (context) =>
        holdPackageAuction(
          context,
          { id, lot, pricing, capability: "work", answerMs, recalls: 2 },
          addressees(context, invited),
        ),
      (outcome) => {
        judgePackages(this.#world, this.#book, { id, lot, pricing }, outcome);
        const winners = outcome.awards.map(({ bidder }) => bidder);
        this.#ends.set(id, { winners, declined: outcome.declined });
      },
    );
  }

  #ended(id: string, outcome: AuctionOutcome | OpenAuctionOutcome): void {
    const { declined } = outcome;
    this.#ends.set(id, { winners: outcome.awarded ? [outcome.winner] : [], declined });
  }
}

function addressees(context: CallerContext, invited: readonly string[]) {
  return invited.map((member) => ({ member, ref: context.ref(everyBidderProtocol, member) }));
}
