import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  JetStreamApiError,
} from "@nats-io/jetstream";
import { isConsumerNotFound } from "../connection/api-errors.ts";
import type { Connection } from "../connection/connection.ts";
import { untilAnswered } from "../store/until-answered.ts";
import { streamName } from "../streams/layout.ts";

/** Goals unsettled at once over all nodes; the server holds further ones back. */
const maxUnsettled = 10_000;
/** Pulls open at once over all nodes; a node has a few. */
const maxPulls = 4096;
const nanosPerMs = 1e6;
const consumerExists = new Set([10013, 10148]);

/** The one durable consumer of a deployment's goals. */
export interface SharedConsumer {
  readonly stream: string;
  readonly name: string;
}

/** Its name, by which its lag is watched. */
export function goalConsumerName(prefix: string): string {
  return `${streamName(prefix, "goals")}_WORKERS`;
}

/** Makes the consumer, or gives an existing one this lease. Safe to call on every node at once. */
export async function ensureConsumer(
  connection: Connection,
  prefix: string,
  leaseMs: number,
): Promise<SharedConsumer> {
  const stream = streamName(prefix, "goals");
  const name = goalConsumerName(prefix);
  const config: Partial<ConsumerConfig> = {
    durable_name: name,
    filter_subject: `${prefix}.goals`,
    deliver_policy: DeliverPolicy.All,
    ack_policy: AckPolicy.Explicit,
    ack_wait: leaseMs * nanosPerMs,
    max_deliver: -1,
    max_ack_pending: maxUnsettled,
    max_waiting: maxPulls,
  };
  await untilAnswered(connection, stream, `making the consumer of ${stream}`, async () => {
    const { consumers } = connection.manager;
    try {
      const { config: existing } = await consumers.info(stream, name);
      if (existing.ack_wait !== config.ack_wait) {
        connection.log("info", `changing the lease of ${name} to ${leaseMs} ms`);
        await consumers.update(stream, name, { ack_wait: leaseMs * nanosPerMs });
      }
    } catch (thrown) {
      if (!isConsumerNotFound(thrown)) throw thrown;
      try {
        await consumers.add(stream, config);
      } catch (again) {
        const byAnother = again instanceof JetStreamApiError && consumerExists.has(again.code);
        if (!byAnother) throw again;
      }
    }
  });
  return { stream, name };
}
