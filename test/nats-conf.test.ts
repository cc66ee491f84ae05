import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Connection, connect, ensureStreams, natsJournal, natsTransport } from "@troupe/nats";
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

/** What each user may publish, and what the server must refuse it. */
const publishing: readonly (readonly [user: string, allowed: string[], denied: string[]])[] = [
  [
    "acme-n1",
    ["troupe.main.actor.a1.n1.x", "troupe.main.cluster.n1", "troupe.results.g1", "troupe.alerts"],
    ["troupe.main.actor.a1.n2.x", "troupe.main.cluster.n2", "$JS.API.STREAM.DELETE.TROUPE_JOURNAL"],
  ],
  [
    "acme-a1",
    ["troupe.main.actor.n1.a1.x", "troupe.main.cluster.a1", "troupe.spans.x"],
    ["troupe.main.actor.n1.a2.x", "troupe.journal.goal.g1", "troupe.goals", "troupe.results.g1"],
  ],
  [
    "acme-publisher",
    ["troupe.goals", "troupe.command.cancel.g1", "troupe.query.goals"],
    ["troupe.journal.goal.g1", "troupe.main.actor.n1.a1.x", "troupe.results.g1", "$SRV.PING"],
  ],
  [
    "acme-observer",
    ["troupe.query.goals", "troupe.node.n1.status", "$JS.API.STREAM.INFO.TROUPE_GOALS"],
    ["troupe.goals", "troupe.command.cancel.g1", "troupe.journal.goal.g1", "troupe.dead.x"],
  ],
  [
    "acme-console",
    ["troupe.goals", "$SRV.PING", "troupe.cache-requests", "$JS.API.STREAM.INFO.TROUPE_GOALS"],
    ["troupe.journal.goal.g1", "troupe.main.cluster.n1", "$JS.API.STREAM.PURGE.TROUPE_GOALS"],
  ],
];

/** What each user may hear, and what it may not. */
const hearing: readonly (readonly [user: string, allowed: string[], denied: string[]])[] = [
  [
    "acme-n1",
    [
      "troupe.main.actor.n1.>",
      "troupe.goals",
      "troupe.cache-notices",
      "troupe.cache-requests",
      "troupe.node.n1.status",
    ],
    ["troupe.main.actor.a1.>", "troupe.node.n2.status", ">"],
  ],
  [
    "acme-a1",
    ["troupe.main.actor.a1.>", "troupe.main.cluster.*"],
    // Bids and ballots go to the auctioneer's node.
    ["troupe.main.actor.n1.>", "troupe.main.actor.*.a2.>", "troupe.results.>", "troupe.goals"],
  ],
  [
    "acme-publisher",
    ["troupe.results.>", "troupe.events.>"],
    ["troupe.main.>", "troupe.goals", "_INBOX_acme-n1.>", "troupe.journal.>"],
  ],
  [
    "acme-observer",
    ["troupe.events.>", "troupe.alerts"],
    ["troupe.main.actor.>", "_INBOX_acme-publisher.>"],
  ],
  ["acme-console", ["troupe.results.>"], ["troupe.main.actor.>", "troupe.>"]],
];

describe.skipIf(version === undefined)("the shipped nats.conf, with users made for it", () => {
  let server: SecuredServer;
  const of = (user: string): Connection => server.of(user);
  const refusedTo = (user: string): Promise<readonly string[]> => server.refusedTo(user);

  beforeAll(async () => {
    server = await SecuredServer.shipped(tenants);
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
    expect(new Set(server.urls.values()).size).toBe(names.length);
    const own = readFileSync(join(server.secrets, "acme-n1.env"), "utf8");
    expect(own).toBe(`NATS_URL=${server.urlOf("acme-n1")}\nTROUPE_NODE=n1\n`);
    expect(statSync(server.secrets).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(import.meta.dirname, "../nats.conf"), "utf8")).not.toMatch(
      /^\s*(password|user|token)\b/m,
    );
  });

  test.each(publishing)("%s publishes what its role needs and nothing else", async (...row) => {
    const [user, allowed, denied] = row;
    for (const subject of allowed) {
      of(user).nats.publish(subject, bytes("{}"));
      expect(await refusedTo(user), subject).toEqual([]);
    }
    for (const subject of denied) {
      of(user).nats.publish(subject, bytes("{}"));
      expect((await refusedTo(user)).join(), subject).toContain(subject);
    }
  });

  test.each(hearing)("%s hears what its role needs and nothing else", async (...row) => {
    const [user, allowed, denied] = row;
    const transport = natsTransport(of(user));
    for (const subject of allowed) {
      const { unsubscribe } = transport.subscribe(subject, () => {});
      expect(await refusedTo(user), subject).toEqual([]);
      unsubscribe();
    }
    for (const subject of denied) {
      transport.subscribe(subject, () => {});
      expect((await refusedTo(user)).join(), subject).toContain(subject);
    }
  });

  test("nobody gets in without a user, or with a wrong password", async () => {
    const url = server.urlOf("acme-n1");
    for (const wrong of [url.replace(/\/\/.*@/, "//"), url.replace(/:[^:@]+@/, ":guessed@")]) {
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
