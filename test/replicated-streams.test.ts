import { connect, ensureStreams, UnsafeReplicationError } from "@troupe/nats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EntityCluster } from "./deployment/entity-cluster.ts";
import { clusterProgram, clusterVersion, NatsCluster } from "./deployment/nats-cluster.ts";
import { expectNothingLostOrTwice } from "./deployment/tally-journal.ts";

const version = clusterVersion();
/** Two winners of one compare-and-set were fixed in 2.9.21; Troupe asks for 2.10. */
const replicates = version !== undefined && !/^([01]\.|2\.\d\.)/.test(version);
const options = { timeout: 120_000 };

if (!replicates) {
  console.error(
    `SKIPPED, streams with three replicas: ${clusterProgram()} is ${version ?? "not there"}, and two ` +
      "writers can both win a compare-and-set before 2.9.21; name a newer one in TROUPE_NATS_SERVER",
  );
} else {
  console.error(
    `SKIPPED, the refusal of three replicas: ${clusterProgram()} is ${version}, which is safe; it ` +
      "needs one before 2.10 in TROUPE_NATS_SERVER",
  );
}

describe.skipIf(version === undefined)("three nats-servers", options, () => {
  let servers: NatsCluster;
  beforeAll(async () => {
    servers = await NatsCluster.start();
  });
  afterAll(() => servers?.stop());

  test.skipIf(replicates)("that are too old are refused three replicas", async () => {
    const connection = await connect({ url: servers.url, name: "old" });
    const refused = ensureStreams(connection, { prefix: "old", replicas: 3 });
    await expect(refused).rejects.toThrow(UnsafeReplicationError);
    await expect(refused).rejects.toMatchObject({ code: "unsafe-replication" });
    await connection.close();
  });

  test.runIf(replicates)(
    "lose nothing acknowledged when the leader of the journal's stream is killed (seed 6)",
    async () => {
      const { url } = servers;
      const cluster = await EntityCluster.start({
        url,
        hosts: { a: url, b: url, c: url },
        replicas: 3,
      });
      try {
        const load = cluster.load("replicated", 6);
        await load.everyKeyAnswers();
        const leader = await cluster.journalLeader();
        await servers.kill(leader);
        await load.everyKeyAnswers();
        expect(await cluster.journalLeader()).not.toBe(leader);
        await servers.startServer(leader);
        await load.everyKeyAnswers();
        const outcome = await load.end();
        expect(outcome.acknowledged.size).toBeGreaterThan(100);
        await expectNothingLostOrTwice(cluster.journal, outcome);
      } finally {
        await cluster.stop();
      }
    },
  );
});
