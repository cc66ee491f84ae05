import { type Body, ensureError } from "@troupe/actor";
import { type Appraisal, appraise, type Bids, bid, openIdleBlock } from "./assignment/block.ts";
import {
  faultOf,
  lastNews,
  type Market,
  nextCalls,
  openMarket,
  receiveBids,
} from "./assignment/market.ts";
import { faultOfAppraisal, type Settlement, settle } from "./assignment/settlement.ts";
import { drawUpTerms, type Entry, type Terms } from "./assignment/terms.ts";
import type { BidderLine } from "./bidder-line.ts";
import type { AllocationBidderMessages } from "./protocol.ts";

/** An answer of somebody who knows nothing of the matter. */
const forgotten = "it has forgotten the allocation, as one does that was restarted";

/** One auction among bidders that are there; over as soon as one of them fails. Held once. */
export class Sitting {
  readonly name: string;
  readonly #tasks: readonly unknown[];
  readonly #lines: readonly BidderLine[];
  readonly #faults = new Map<number, string>();
  #entries: ReadonlyMap<number, Entry> = new Map();
  /** By bidder, the number of its first agent. */
  #firsts: readonly number[] = [];
  #market: Market | undefined;

  /** @param name that bidders know it by, unlike that of any other sitting */
  constructor(name: string, tasks: readonly unknown[], lines: readonly BidderLine[]) {
    this.name = name;
    this.#tasks = tasks;
    this.#lines = lines;
  }

  get rounds(): number {
    return this.#market?.round ?? 0;
  }

  get bids(): number {
    return this.#market?.bids ?? 0;
  }

  /** By bidder, why it has to be taken out. */
  get faults(): ReadonlyMap<number, string> {
    return this.#faults;
  }

  agentsOf(bidder: number): number {
    return this.#entries.get(bidder)?.agents ?? 0;
  }

  /** Whose agent it is, and which of its own. */
  ownerOf(agent: number): { readonly bidder: number; readonly agent: number } {
    // Bidders without agents share their first with the one after them.
    const bidder = this.#firsts.findLastIndex((first) => first <= agent);
    return { bidder, agent: agent - (this.#firsts[bidder] ?? 0) };
  }

  /** Tells everybody that nothing of this sitting holds. */
  dismiss(): void {
    for (const { ref } of this.#lines) ref.tell("dismiss", { allocation: this.name });
  }

  /**
   * @returns nothing when somebody failed, who is in `faults` then, or when nobody brings an agent
   * @throws InvalidCostsError when the bidders' costs are too far apart to be exact
   */
  async hold(): Promise<Settlement | undefined> {
    const invitation = { allocation: this.name, tasks: this.#tasks };
    this.#entries = await this.#all(
      new Map(this.#lines.keys().map((at) => [at, invitation])),
      (line, body) => line.ask("enter", body),
    );
    const entries = [...this.#entries.values()];
    const agents = entries.reduce((sum, entry) => sum + entry.agents, 0);
    if (this.#faults.size > 0 || agents === 0) return undefined;
    let first = 0;
    this.#firsts = entries.map((entry) => {
      first += entry.agents;
      return first - entry.agents;
    });
    const terms = drawUpTerms(this.#tasks.length, entries);
    const idle = openIdleBlock(terms.objects - agents, terms, agents);
    const market = openMarket(terms, [...entries.map((entry) => entry.agents), idle.persons]);
    this.#market = market;
    /** The idle persons are the auctioneer's own. */
    const own = this.#lines.length;
    while (market.open) {
      const { answers, ownCall } = await this.#round(market, terms, own);
      if (this.#faults.size > 0) return undefined;
      if (ownCall !== undefined) answers.set(own, bid(idle, ownCall));
      receiveBids(market, answers);
    }
    const appraisals = await this.#appraise(market);
    if (this.#faults.size > 0) return undefined;
    return settle(market, [...appraisals, appraise(idle, lastNews(market, own))], agents);
  }

  async #round(market: Market, terms: Terms, own: number) {
    const calls = new Map(nextCalls(market));
    const ownCall = calls.get(own);
    calls.delete(own);
    const bodies = new Map<number, Body<AllocationBidderMessages, "bid">>();
    for (const [at, { isFirst, ...call }] of calls) {
      bodies.set(at, {
        allocation: this.name,
        round: market.round,
        first: this.#firsts[at] ?? 0,
        ...(isFirst ? { terms } : {}),
        ...call,
      });
    }
    const answers: Map<number, Bids> = await this.#all(
      bodies,
      (line, body) => line.ask("bid", body),
      (answer, at) => (answer.known ? faultOf(market, at, answer) : forgotten),
    );
    return { answers, ownCall };
  }

  async #appraise(market: Market): Promise<readonly Appraisal[]> {
    const present = [...this.#entries].filter(([, entry]) => entry.agents > 0);
    const questions = new Map(present.map(([at]) => [at, lastNews(market, at)] as const));
    const appraisals = await this.#all(
      questions,
      (line, prices) => line.ask("appraise", { allocation: this.name, prices }),
      (answer, at) => (answer.known ? faultOfAppraisal(market, at, answer) : forgotten),
    );
    return [...appraisals.values()];
  }

  /** Asks several bidders side by side. The answers are in the order of the questions, whenever they come. */
  async #all<Question, Answer>(
    questions: ReadonlyMap<number, Question>,
    ask: (line: BidderLine, question: Question) => Promise<Answer>,
    faultIn: (answer: Answer, bidder: number) => string | undefined = () => undefined,
  ): Promise<Map<number, Answer>> {
    const answers = await Promise.all(
      [...questions].map(async ([at, question]) => {
        try {
          const answer = await ask(this.#lines[at] as BidderLine, question);
          const fault = faultIn(answer, at);
          if (fault === undefined) return [[at, answer] as const];
          this.#faults.set(at, fault);
        } catch (thrown) {
          this.#faults.set(at, ensureError(thrown).message);
        }
        return [];
      }),
    );
    return new Map(answers.flat());
  }
}
