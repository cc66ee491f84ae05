import type { ServerReport, StreamReport } from "@troupe/nats";
import { counted, formatBytes } from "../output/quantity.ts";
import { type Check, fail, ok, warn } from "./check.ts";

/** How far the clocks may be apart, milliseconds. */
const clockToleranceMs = 2000;

/** What the server's own report means for a deployment under `prefix`. */
export function judgeServer(report: ServerReport, prefix: string, from: string): readonly Check[] {
  const { url, version, jetstream, authenticates, streams } = report;
  const access = authenticates ? "with authentication" : "open to everybody who can reach it";
  return [
    ok("NATS server", `nats-server ${version} at ${url} (${from}), ${access}`),
    ...(jetstream.enabled ? [ok("JetStream", `enabled, ${use(jetstream.storage)} on disk`)] : []),
    ...report.warnings.map(({ code, message, remedy }) =>
      code === "jetstream-disabled"
        ? fail("JetStream", message, "nothing could be kept durably", remedy)
        : warn(code.replaceAll("-", " "), message, meaningOf(code), remedy),
    ),
    ...(jetstream.enabled ? judgeStreams(streams, prefix) : []),
  ];
}

function use({ usedBytes, limitBytes }: { usedBytes: number; limitBytes?: number }): string {
  const limit = limitBytes === undefined ? "" : ` of ${formatBytes(limitBytes)}`;
  return `${formatBytes(usedBytes)}${limit}`;
}

function meaningOf(code: string): string {
  switch (code) {
    case "no-authentication":
      return "anyone on the network can publish goals and read results; fine on loopback only";
    case "durability":
      return "a power failure can lose what was acknowledged last";
    case "unsafe-replication":
      return "two nodes could both believe they own a goal";
    default:
      return "new records will be refused when it is full";
  }
}

/** The deployment's own streams; others of the account are none of its business. */
function judgeStreams(streams: readonly StreamReport[], prefix: string): readonly Check[] {
  const own = streams.filter(({ subjects }) =>
    subjects.some((subject) => subject === prefix || subject.startsWith(`${prefix}.`)),
  );
  if (own.length === 0) {
    return [
      warn(
        "streams",
        `none under the prefix '${prefix}'`,
        "no node has ever run here, so goals published now are lost",
        "start 'troupe up' or 'troupe node', or correct --prefix",
      ),
    ];
  }
  const records = own.reduce((sum, { messages }) => sum + messages, 0);
  const bytes = own.reduce((sum, stream) => sum + stream.bytes, 0);
  const names = own.map(({ name }) => name).join(", ");
  const found = ok("streams", `${names}: ${counted(records, "record")}, ${formatBytes(bytes)}`);
  const goals = own.find(({ subjects }) => subjects.includes(`${prefix}.goals`));
  if (goals === undefined) return [found];
  return [
    found,
    goals.consumers > 0
      ? ok("goal queue", `${counted(goals.consumers, "consumer")} on ${goals.name}`)
      : warn(
          "goal queue",
          `no consumer on ${goals.name}`,
          "published goals are kept, and wait for a node",
          "start 'troupe up' or 'troupe node'",
        ),
  ];
}

/** @param serverTime milliseconds since the epoch, `undefined` when the server does not tell it */
export function judgeClock(now: number, serverTime: number | undefined): Check {
  const name = "clock";
  const here = new Date(now).toISOString();
  if (serverTime === undefined) {
    return ok(name, `${here}; this server is too old to tell its own time (2.10 and newer do)`);
  }
  const apart = Math.abs(now - serverTime);
  if (apart <= clockToleranceMs) return ok(name, `${here}, as the server's`);
  return warn(
    name,
    `${Math.round(apart / 1000)} s ${now > serverTime ? "ahead of" : "behind"} the server's`,
    "times in records and traces of different machines do not fit together",
    "synchronise the clocks (NTP)",
  );
}
