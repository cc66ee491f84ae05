import { canStartServer, startTestServer, type TestServer } from "@troupe/nats/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EntityCluster } from "./deployment/entity-cluster.ts";
import { Link } from "./deployment/link.ts";
import { expectNothingLostOrTwice } from "./deployment/tally-journal.ts";

const hasServer = await canStartServer("entities");

describe.skipIf(!hasServer)("entities on three processes", { timeout: 60_000 }, () => {
  let server: TestServer;
  let link: Link;
  let cluster: EntityCluster;
  beforeAll(async () => {
    server = await startTestServer();
    link = await Link.to(server.url);
    const { url } = server;
    cluster = await EntityCluster.start({ url, hosts: { a: url, b: url, c: link.url } });
  });
  afterAll(async () => {
    await cluster?.stop();
    await link?.close();
    await server?.stop();
  });

  test("a host that is killed and started again loses nothing acknowledged (seed 1)", async () => {
    const load = cluster.load("killed", 1);
    await Promise.all([load.everyKeyAnswers(), load.answersFrom("b")]);
    const lost = cluster.sees("node-lost", "b");
    await cluster.kill("b");
    await lost;
    await load.everyKeyAnswers();
    await cluster.startHost("b");
    await Promise.all([load.everyKeyAnswers(), load.answersFrom("b")]);
    const outcome = await load.end();
    expect(outcome.acknowledged.size).toBeGreaterThan(100);
    await expectNothingLostOrTwice(cluster.journal, outcome);
  });

  test("a host that sleeps until it is taken for dead is fenced when it wakes (seed 2)", async () => {
    const load = cluster.load("slept", 2);
    await Promise.all([load.everyKeyAnswers(), load.answersFrom("a")]);
    const lost = cluster.sees("node-lost", "a");
    cluster.signal("a", "SIGSTOP");
    await lost;
    await load.everyKeyAnswers();
    const fenced = cluster.fenced("a");
    cluster.signal("a", "SIGCONT");
    await fenced;
    await Promise.all([load.everyKeyAnswers(), load.answersFrom("a")]);
    await expectNothingLostOrTwice(cluster.journal, await load.end());
  });

  test.for([
    { how: "silent", seed: 3 },
    { how: "refused", seed: 4 },
  ] as const)(
    "a host whose connection is $how is done without, and comes back (seed $seed)",
    async ({ how, seed }) => {
      const load = cluster.load(how, seed);
      await Promise.all([load.everyKeyAnswers(), load.answersFrom("c")]);
      const lost = cluster.sees("node-lost", "c");
      link.cut(how);
      await lost;
      await load.everyKeyAnswers();
      const back = cluster.sees("node-joined", "c");
      link.heal();
      await back;
      await Promise.all([load.everyKeyAnswers(), load.answersFrom("c")]);
      await expectNothingLostOrTwice(cluster.journal, await load.end());
    },
  );

  test("hosts that lost the nats-server for a while all answer again (seed 5)", async () => {
    const load = cluster.load("restarted", 5);
    await load.everyKeyAnswers();
    const names = ["a", "b", "c"];
    const lost = names.map((name) => cluster.sees("node-lost", name));
    await server.kill();
    await Promise.all(lost);
    await server.restart();
    await Promise.all([load.everyKeyAnswers(), ...names.map((name) => load.answersFrom(name))]);
    await expectNothingLostOrTwice(cluster.journal, await load.end());
  });
});
