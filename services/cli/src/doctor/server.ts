import { ensureError } from "@troupe/actor";
import {
  NatsAuthenticationError,
  type ServerReport,
  type StreamMisfit,
  type StreamReport,
} from "@troupe/nats";
import { counted, formatBytes } from "../output/quantity.ts";
import { type Check, fail, ok, warn } from "./check.ts";

/** How far the clocks may be apart, milliseconds. */
const clockToleranceMs = 2000;

/** Oldest nats-server that Troupe works with: older ones cannot republish what a stream stores. */
const oldestServer = [2, 9, 0] as const;
/** Less than this has no room for the largest goals; what goals and records need, bytes. */
const leastPayload = 64 * 1024;
const wantedPayload = 1024 * 1024;

/** Why there is no connection. */
export function judgeNoConnection(thrown: unknown, from: string): Check {
  const found = `${ensureError(thrown).message} (${from})`;
  if (thrown instanceof NatsAuthenticationError) {
    return fail(
      "NATS credentials",
      found,
      "the server is there and lets nobody in without its own user and password",
      "put them into NATS_URL or --server: nats://user:password@host:port; 'troupe secrets init' shows those that it makes",
    );
  }
  return fail(
    "NATS server",
    found,
    "goals can't be published, and no node can work",
    "start one with 'troupe up', or name the right one with --server or NATS_URL",
  );
}

/** Why a server that was connected to does not tell of its streams. */
export function judgeNoReport(thrown: unknown): Check {
  const found = ensureError(thrown).message;
  if (!/permissions violation/i.test(found)) {
    return fail("JetStream", found, "nothing can be kept durably", "look at the server's log");
  }
  return fail(
    "permissions",
    found,
    "this user may not ask for what is stored; a node with it could not start",
    "use a user with the role that is needed: see docs/security.md, 'Permissions'",
  );
}

/** What the server's own report means for a deployment under `prefix`. */
export function judgeServer(report: ServerReport, prefix: string, from: string): readonly Check[] {
  const { url, version, jetstream, authenticates, streams } = report;
  const access = authenticates ? "with authentication" : "open to everybody who can reach it";
  return [
    isTooOld(version)
      ? fail(
          "NATS server",
          `nats-server ${version} at ${url} (${from})`,
          `Troupe needs ${oldestServer.join(".")} or newer: streams would not tell what they store`,
          "use nats-server 2.12.3 or newer",
        )
      : ok("NATS server", `nats-server ${version} at ${url} (${from}), ${access}`),
    ...judgePayload(report.maxPayloadBytes),
    ...(jetstream.enabled ? [ok("JetStream", `enabled, ${use(jetstream.storage)} on disk`)] : []),
    ...report.warnings.map(({ code, message, remedy }) =>
      code === "jetstream-disabled"
        ? fail("JetStream", message, "nothing could be kept durably", remedy)
        : warn(code.replaceAll("-", " "), message, meaningOf(code), remedy),
    ),
    ...(jetstream.enabled ? judgeStreams(streams, prefix) : []),
  ];
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = oldestServer;
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

function judgePayload(bytes: number): readonly Check[] {
  if (bytes >= wantedPayload) return [];
  const found = `the server takes messages of ${formatBytes(bytes)} at most`;
  const remedy = "set max_payload: 1MB, or more, in its configuration";
  const judge = bytes < leastPayload ? fail : warn;
  return [judge("message size", found, "goals and results beyond it are refused", remedy)];
}

/** Streams that somebody has changed, or that are of something else. */
export function judgeStreamSettings(misfits: readonly StreamMisfit[]): readonly Check[] {
  return misfits.map(({ stream, differences, mendable }) => {
    const found = `${stream}: ${differences.join("; ")}`;
    return mendable
      ? warn(
          "stream settings",
          found,
          "what the stream promises is not what Troupe counts on",
          "restart a node: it sets them right",
        )
      : fail(
          "stream settings",
          found,
          "no node can start with it",
          "it is another program's, or was made by hand: use another --prefix, or save what it holds and remove it",
        );
  });
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
