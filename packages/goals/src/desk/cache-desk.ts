import type { Log, Subscription, Transport, TransportMessage } from "@troupe/actor";
import type { ResultCache } from "@troupe/orchestration";
import { z } from "zod";
import { answer } from "../contract/answer.ts";
import { readRequest } from "../contract/read-request.ts";
import type { Subjects } from "../contract/subjects.ts";

/** What all nodes are asked: what their caches have done; with `warm`, after reading results ahead. */
const cacheRequestSchema = z.object({
  /** Results with a tag, which is the type of their tasks, or with these keys, at most 1000. */
  warm: z
    .union([
      z.strictObject({ tag: z.string().min(1).max(256) }),
      z.strictObject({ keys: z.array(z.string()).min(1).max(1000) }),
    ])
    .optional(),
});
export type CacheRequest = z.output<typeof cacheRequestSchema>;

/** What one node answers. */
export const cacheAnswerSchema = z.object({
  node: z.string(),
  /** Of the results meant, how many are in its memory now; left out when nothing was to be warmed. */
  warmed: z.number().optional(),
  /** Since the node started. */
  counts: z.object({
    hits: z.object({ memory: z.number(), shared: z.number() }),
    misses: z.number(),
    stores: z.number(),
  }),
});
export type CacheAnswer = z.output<typeof cacheAnswerSchema>;

/** Answers for the cache of one node. Every node has one, and each answers for itself. */
export class CacheDesk {
  readonly #node: string;
  readonly #cache: ResultCache;
  readonly #transport: Transport;
  readonly #log: Log;
  readonly #subscription: Subscription;

  constructor(options: {
    readonly node: string;
    readonly cache: ResultCache;
    readonly transport: Transport;
    readonly log: Log;
    readonly subjects: Subjects;
  }) {
    this.#node = options.node;
    this.#cache = options.cache;
    this.#transport = options.transport;
    this.#log = options.log;
    this.#subscription = this.#transport.subscribe(
      options.subjects.cacheRequests,
      (message) => void this.#serve(message),
    );
  }

  close(): void {
    this.#subscription.unsubscribe();
  }

  async #serve(message: TransportMessage): Promise<void> {
    const { subject, reply } = message;
    if (reply === undefined) return;
    const ports = { transport: this.#transport, log: this.#log };
    await answer(ports, { subject, reply }, () => this.#answer(message));
  }

  async #answer(message: TransportMessage): Promise<CacheAnswer> {
    const { warm } = readRequest(cacheRequestSchema, message);
    const warmed = warm === undefined ? {} : { warmed: await this.#cache.warm(warm) };
    const { hits, misses, stores } = this.#cache.counts;
    return { node: this.#node, ...warmed, counts: { hits, misses, stores } };
  }
}
