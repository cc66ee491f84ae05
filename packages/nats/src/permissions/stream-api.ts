import { streamName } from "../streams/layout.ts";

const kept = ["goals", "journal", "dead", "results", "spans", "cache"] as const;
/** Of streams and consumers: no user of Troupe deletes a stream or a single message. */
const streamCalls = ["CREATE", "UPDATE", "INFO", "PURGE", "MSG.GET"];
const consumerCalls = ["CREATE", "DURABLE.CREATE", "INFO", "MSG.NEXT", "DELETE"];

/**
 * What a node asks of JetStream: to make and change Troupe's own streams, read them, and settle goals.
 *
 * Whoever may create a consumer can have the server deliver to any subject. So this goes with writing the journal, and
 * to nobody whom that is not trusted to.
 */
export function produceStreams(prefix: string): string[] {
  return [
    "$JS.API.INFO",
    "$JS.API.STREAM.NAMES",
    "$JS.API.STREAM.LIST",
    ...kept.flatMap((kind) => {
      const stream = streamName(prefix, kind);
      return [
        ...streamCalls.map((call) => `$JS.API.STREAM.${call}.${stream}`),
        ...consumerCalls.flatMap((call) => [
          `$JS.API.CONSUMER.${call}.${stream}`,
          `$JS.API.CONSUMER.${call}.${stream}.>`,
        ]),
      ];
    }),
    `$JS.ACK.${streamName(prefix, "goals")}.>`,
  ];
}

/** What an observer asks of JetStream: stored messages, one by one. */
export function readStreams(prefix: string): string[] {
  return [
    "$JS.API.INFO",
    ...kept.flatMap((kind) => {
      const stream = streamName(prefix, kind);
      return [`$JS.API.STREAM.INFO.${stream}`, `$JS.API.STREAM.MSG.GET.${stream}`];
    }),
  ];
}
