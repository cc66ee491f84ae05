import { type Actor, defineActor, defineProtocol, message } from "@troupe/actor";
import { type CallerContext, VirtualCluster } from "@troupe/testkit";
import { expect } from "vitest";
import { z } from "zod";
import type { AuctionSpec, Bidder } from "./hold-auction.ts";
import { auctioneerProtocol, type Bid, bidderMessages } from "./protocol.ts";

/** Bidders that are also something else: a wider protocol than the auction asks for. */
export const workerProtocol = defineProtocol("worker", {
  ...bidderMessages,
  rest: message(z.object({})),
});
export type Worker = Actor<typeof workerProtocol.messages>;
export type Answer = { readonly accepted: boolean; readonly reason?: string };

export const spec: AuctionSpec = {
  id: "x",
  capability: "clean",
  task: { bytes: 9 },
  order: { file: "x.csv" },
  deadlineMs: 1000,
  awardMs: 500,
};

export const declining = (reason: string) => () => ({ accepted: false, reason });

/** Where one test holds its auctions: nodes on a network in memory, and what bidders on them were told. */
export class AuctionFloor extends VirtualCluster {
  /** What workers were told, in order: `n1 announce x`. */
  readonly told: string[] = [];

  constructor() {
    super({ seed: 11 });
  }

  /** A worker that bids what `offer` makes of each announcement, and answers awards with `answer`. */
  worker(
    offer: (bid: Bid, round: number) => readonly Bid[],
    answer: (nth: number) => Answer | Promise<Answer> = () => ({ accepted: true }),
  ): Worker {
    return defineActor(workerProtocol, (context) => {
      let round = 0;
      let awards = 0;
      const { node, self } = context;
      return {
        rest: () => {},
        announce: ({ auction, auctioneer, task }) => {
          this.told.push(`${node} announce ${auction} ${JSON.stringify(task)}`);
          round += 1;
          const bid = {
            auction,
            bidder: self.address,
            cost: 10,
            durationMs: 100,
            quality: 1,
            confidence: 1,
          };
          for (const one of offer(bid, round)) {
            context.ref(auctioneerProtocol, auctioneer).tell("bid", one);
          }
        },
        award: ({ auction, order, price }) => {
          this.told.push(`${node} award ${auction} ${JSON.stringify(order)} at ${price}`);
          awards += 1;
          return answer(awards);
        },
        reject: ({ auction, ...more }) => {
          this.told.push(`${node} reject ${auction}`);
          expect(more).toEqual({});
        },
      };
    });
  }

  asking(cost: number, answer?: (nth: number) => Answer | Promise<Answer>): Worker {
    return this.worker((bid) => [{ ...bid, cost }], answer);
  }

  readonly silent = this.worker(() => []);

  /** Spawns each actor on a node of its own, n1, n2, and so on. */
  bidders(context: CallerContext, ...workers: readonly Worker[]): readonly Bidder[] {
    return workers.map((actor, index) => {
      const { address } = this.system(`n${index + 1}`).spawn(actor, { name: "worker" });
      return { member: address, ref: context.ref(workerProtocol, address) };
    });
  }
}
