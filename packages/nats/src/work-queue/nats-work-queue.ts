import type { WorkQueue } from "@troupe/actor";
import type { Connection } from "../connection/connection.ts";
import { InvalidOptionError } from "../errors.ts";
import { checkPrefix } from "../streams/layout.ts";
import { consume } from "./consume.ts";
import { ensureConsumer } from "./shared-consumer.ts";

/** Which deployment's queue it is, and how long whoever takes a message may keep it in silence. */
export interface WorkQueueOptions {
  /** First tokens of every subject, as given to `ensureStreams`. */
  readonly prefix: string;
  /**
   * How long a holder may stay silent before its item goes to another, in milliseconds; default
   * 15 000, at least 500. The lease of the node that called `consume` last counts for all.
   */
  readonly leaseMs?: number;
}

/** Fail-over of a replicated stream takes 4 to 8 s and must not look like a dead holder. */
const defaultLeaseMs = 15_000;
const shortestLeaseMs = 500;
const largestConcurrency = 1000;

/**
 * The goals of a deployment as a queue shared by all its nodes: one durable pull consumer on the
 * stream of `<prefix>.goals`.
 *
 * Items are pulled only as places are free, so nothing waits in a node while its lease runs. An
 * item is delivered until someone acknowledges it, however often; who gives up on one says so in
 * the journal and acknowledges. A handler that rejects, or ends without settling, gives its item
 * back with a delay of 250 ms, doubling with each attempt up to 30 s. After a lost connection or
 * a restarted server deliveries go on by themselves; unsettled items stay settleable. A server that was
 * killed may have forgotten the newest deliveries and acknowledgements, and delivers those again,
 * even to a node that still holds them.
 *
 * `ack` resolves when the server has confirmed it. It is repeated for at most 25 s and then throws
 * `StoreUnavailableError`, or `DeliveryForgottenError` after such a restart; the item may come
 * again. The function that `consume` returns stops new deliveries and gives back what was on its
 * way; unsettled items can still be settled. A consumer that someone deleted is made again.
 *
 * `consume` throws `StreamMissingError` before `ensureStreams`, and `InvalidOptionError` unless
 * `concurrency` is 1 to 1000.
 */
export function natsWorkQueue(connection: Connection, options: WorkQueueOptions): WorkQueue {
  const { prefix, leaseMs = defaultLeaseMs } = options;
  checkPrefix(prefix);
  if (!Number.isInteger(leaseMs) || leaseMs < shortestLeaseMs) {
    throw new InvalidOptionError("leaseMs", leaseMs, `an integer from ${shortestLeaseMs} up`);
  }
  return {
    async consume(handler, { concurrency }) {
      if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > largestConcurrency) {
        const allowed = `an integer from 1 to ${largestConcurrency}`;
        throw new InvalidOptionError("concurrency", concurrency, allowed);
      }
      const consumer = await ensureConsumer(connection, prefix, leaseMs);
      return consume(connection, {
        consumer,
        handler,
        concurrency,
        restore: () => ensureConsumer(connection, prefix, leaseMs),
      });
    },
  };
}
