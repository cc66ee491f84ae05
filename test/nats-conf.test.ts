import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type Connection,
  connect,
  ensureStreams,
  natsJournal,
  natsTransport,
  newUserKey,
} from "@troupe/nats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clusterVersion } from "./deployment/nats-cluster.ts";
import { SecuredServer } from "./deployment/secured-server.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (payload: Uint8Array): string => new TextDecoder().decode(payload);
const prefix = "troupe";

const version = clusterVersion();
if (version === undefined) console.error("SKIPPED, no nats-server to try nats.conf with");

const tenants = [
  { name: "acme", nodes: ["n1", "n2"], agents: ["a1", "a2"] },
  { name: "globex", nodes: ["n1"], fileBytes: 256 * 1024 ** 2 },
];
const people = ["publisher", "observer", "console"];

const nodes = ["n1", "n2"];
const agents = ["a1", "a2"];
const viewers = ["observer", "console"];

/** Every kind of subject that is in use, and some that are not: who may publish to it, and who may hear it. */
const subjects: readonly (readonly [subject: string, publish: string[], hear: string[]])[] = [
  ["troupe.goals", ["publisher", "console"], nodes],
  ["troupe.command.cancel.g1", ["publisher", "console"], nodes],
  ["troupe.query.goals", people, nodes],
  // The server says by itself what was stored.
  ["troupe.events.goal.g1", [], people],
  ["troupe.results.g1", nodes, people],
  ["troupe.results.>", [], people],
  ["troupe.journal.goal.g1", nodes, []],
  ["troupe.snapshot.goal.g1", nodes, []],
  ["troupe.segment.goal.g1", nodes, []],
  ["troupe.dead.goals", nodes, []],
  ["troupe.spans.t1", [...nodes, ...agents], []],
  ["troupe.cache.k1", nodes, []],
  ["troupe.intake.accepted", nodes, nodes],
  ["troupe.alerts", nodes, viewers],
  ["troupe.cache-notices", nodes, nodes],
  ["troupe.cache-requests", ["console"], nodes],
  ["troupe.node.n1.status", viewers, ["n1"]],
  ["troupe.node.n2.ready", viewers, ["n2"]],
  ["troupe.node.n1.operate", ["console"], ["n1"]],
  ["troupe.node.n1.incidents", ["console"], ["n1"]],
  // To a node, from a node: bids and ballots come this way.
  ["troupe.main.actor.n1.n2.x", ["n2"], ["n1"]],
  ["troupe.main.actor.n2.n1.x", ["n1"], ["n2"]],
  ["troupe.main.actor.n1.a1.x", ["a1"], ["n1"]],
  ["troupe.main.actor.n1.a2.x", ["a2"], ["n1"]],
  ["troupe.main.actor.a1.n1.x", ["n1"], ["a1"]],
  ["troupe.main.actor.a1.n1", ["n1"], ["a1"]],
  ["troupe.main.inbox.n1.x", [], ["n1"]],
  ["troupe.main.cluster.n1", ["n1"], [...nodes, ...agents, ...viewers]],
  ["troupe.main.cluster.a1", ["a1"], [...nodes, ...agents, ...viewers]],
  ["$SRV.PING", ["console"], nodes],
  ["$JS.API.INFO", [...nodes, ...viewers], []],
  ["$JS.API.STREAM.CREATE.TROUPE_GOALS", nodes, []],
  ["$JS.API.STREAM.INFO.TROUPE_JOURNAL", [...nodes, ...viewers], []],
  ["$JS.API.STREAM.MSG.GET.TROUPE_JOURNAL", [...nodes, ...viewers], []],
  ["$JS.API.STREAM.PURGE.TROUPE_CACHE", nodes, []],
  ["$JS.API.STREAM.DELETE.TROUPE_JOURNAL", [], []],
  ["$JS.API.STREAM.MSG.DELETE.TROUPE_JOURNAL", [], []],
  ["$JS.API.STREAM.INFO.OTHER", [], []],
  ["$JS.API.CONSUMER.CREATE.TROUPE_JOURNAL", nodes, []],
  ["$JS.API.CONSUMER.MSG.NEXT.TROUPE_GOALS.TROUPE_GOALS_WORKERS", nodes, []],
  ["$JS.ACK.TROUPE_GOALS.x.1.1.1.1.1", nodes, []],
  ["_INBOX_acme-n1.x", [], ["n1"]],
  ["_INBOX_acme-publisher.x", [], ["publisher"]],
  ["_INBOX.x", [], []],
  ["acme.goals", [], []],
  ["$SYS.REQ.SERVER.PING", [], []],
  ["troupe.main.actor.n1.>", [], ["n1"]],
  ["troupe.main.actor.>", [], []],
  ["troupe.>", [], []],
  [">", [], []],
];
const users = [...nodes, ...agents, ...people];

describe.skipIf(version === undefined).each([
  ["passwords", false],
  ["nkeys", true],
])("the shipped nats.conf, with users made for it that have %s", (_, nkeys) => {
  let server: SecuredServer;
  const of = (user: string): Connection => server.of(user);
  const refusedTo = (user: string): Promise<readonly string[]> => server.refusedTo(user);

  beforeAll(async () => {
    server = await SecuredServer.shipped(tenants, { nkeys });
    await server.connectAll();
    for (const user of ["acme-n1", "globex-n1"]) await ensureStreams(of(user), { prefix });
  });
  afterAll(() => server.stop());

  test("every process has a user of its own, and only its own file tells its password", () => {
    const names = [...server.urls.keys()].sort();
    expect(names).toEqual(
      [
        ...["n1", "n2", "a1", "a2", ...people].map((user) => `acme-${user}`),
        ...["n1", ...people].map((user) => `globex-${user}`),
      ].sort(),
    );
    const secrets = [...server.urls.values()].map((url) => new URL(url).password);
    expect(new Set(secrets).size).toBe(names.length);
    const own = readFileSync(join(server.secrets, "acme-n1.env"), "utf8");
    expect(own).toBe(`NATS_URL=${server.urlOf("acme-n1")}\nTROUPE_NODE=n1\n`);
    expect(statSync(server.secrets).mode & 0o777).toBe(0o700);
    // With nkeys whoever reads the server's files still gets in as nobody.
    const told = readFileSync(join(server.secrets, "nats/users.conf"), "utf8");
    const secret = new URL(server.urlOf("acme-n1")).password;
    expect(told.includes(secret)).toBe(!nkeys);
    expect(readFileSync(join(import.meta.dirname, "../nats.conf"), "utf8")).not.toMatch(
      /^\s*(password|user|token)\b/m,
    );
  });

  test.each(users)("%s publishes what its role needs and nothing else", async (own) => {
    const user = `acme-${own}`;
    for (const [subject, allowed] of subjects.filter(([one]) => !one.endsWith(">"))) {
      of(user).nats.publish(subject, bytes("{}"));
      const refused = (await refusedTo(user)).join();
      if (allowed.includes(own)) expect(refused, subject).toBe("");
      else expect(refused, subject).toContain(`"${subject}"`);
    }
  });

  test.each(users)("%s hears what its role needs and nothing else", async (own) => {
    const user = `acme-${own}`;
    const transport = natsTransport(of(user));
    for (const [subject, , allowed] of subjects) {
      const { unsubscribe } = transport.subscribe(subject, () => {});
      const refused = (await refusedTo(user)).join();
      if (allowed.includes(own)) expect(refused, subject).toBe("");
      else expect(refused, subject).toContain(`"${subject}"`);
      unsubscribe();
    }
  });

  test("nobody gets in without a user, with a wrong password, or with a key that the server does not know", async () => {
    const url = server.urlOf("acme-n1");
    const without = url.replace(/\/\/.*@/, "//");
    const guesses = ["guessed", newUserKey().seed].map((one) =>
      url.replace(/:[^:@]+@/, `:${one}@`),
    );
    for (const wrong of [without, ...guesses]) {
      const refused = connect({ url: wrong, name: "stranger", timeoutMs: 10_000 });
      await expect(refused).rejects.toMatchObject({ code: "nats-authentication" });
    }
  });

  test("a tenant sees nothing of another: neither results, nor goals, nor streams", async () => {
    const heard: string[] = [];
    const own = Promise.withResolvers<string>();
    natsTransport(of("globex-publisher")).subscribe("troupe.results.>", ({ payload }) => {
      heard.push(text(payload));
    });
    natsTransport(of("acme-publisher")).subscribe("troupe.results.g7", ({ payload }) => {
      own.resolve(text(payload));
    });
    await of("globex-publisher").nats.flush();
    await of("acme-publisher").nats.flush();
    await natsJournal(of("acme-n1"), { prefix }).append("journal.goal.g7", bytes("accepted"));
    of("acme-n1").nats.publish("troupe.results.g7", bytes("done"));
    expect(await own.promise).toBe("done");
    expect(await natsJournal(of("globex-n1"), { prefix }).read("journal.goal.g7")).toEqual([]);
    // What was published before has passed the server once a later message of the same account is answered.
    of("globex-n1").nats.publish("troupe.results.g8", bytes("own"));
    await of("globex-n1").nats.flush();
    await of("globex-publisher").nats.flush();
    await nextTurn();
    expect(heard).toEqual(["own"]);
  });

  test("a tenant's streams stay within what it may take", async () => {
    let reserved = 0;
    for await (const { config } of of("globex-n1").manager.streams.list()) {
      if (config.storage === "file") reserved += Math.max(0, config.max_bytes);
    }
    expect(reserved).toBeGreaterThan(0);
    expect(reserved).toBeLessThanOrEqual(256 * 1024 ** 2);
    const account = await of("globex-n1").manager.getAccountInfo();
    expect(account.limits).toMatchObject({ max_storage: 256 * 1024 ** 2, max_streams: 16 });
  });
});

test.skipIf(version === undefined)(
  "secrets made with TLS have the server refuse what is in the clear",
  async () => {
    const server = await SecuredServer.shipped([{ name: "main", nodes: ["n1"] }], { tls: true });
    try {
      expect(existsSync(join(server.secrets, "ca.pem"))).toBe(true);
      expect(existsSync(join(server.secrets, "nats/authority.key"))).toBe(false);
      const url = server.urlOf("main-n1");
      expect(url).toMatch(/^tls:/);
      const authority = { NODE_EXTRA_CA_CERTS: join(server.secrets, "ca.pem") };
      expect(outcomeOf(url, authority)).toBe("tls: true");
      expect(outcomeOf(url, {})).toContain("nats-unreachable");
      const clear = outcomeOf(url.replace("tls:", "nats:"), {});
      expect(clear).not.toContain("tls: ");
    } finally {
      await server.stop();
    }
  },
);

/** Connects from a process of its own, which trusts whom its environment names. */
function outcomeOf(url: string, environment: Readonly<Record<string, string>>): string {
  const program = `
    import { connect } from "@troupe/nats";
    try {
      const { nats } = await connect({ url: process.env.NATS_URL, name: "t", timeoutMs: 8000 });
      console.log("tls: " + nats.info.tls_required);
      await nats.close();
    } catch (error) {
      console.log(error.code + " " + error.message);
    }`;
  const args = ["--conditions=troupe:source", "--input-type=module", "--eval", program];
  return execFileSync(process.execPath, args, {
    cwd: join(import.meta.dirname, ".."),
    env: { ...process.env, NATS_URL: url, ...environment },
    encoding: "utf8",
    timeout: 60_000,
  }).trim();
}
