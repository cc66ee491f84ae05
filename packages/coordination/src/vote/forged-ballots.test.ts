import { defineActor } from "@troupe/actor";
import { InMemoryNetwork, RecordingTracer, seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { TestCluster } from "../session/cluster.test-data.ts";
import { holdVote } from "./hold-vote.ts";
import { tellerProtocol, voterProtocol } from "./protocol.ts";

test("a member that has read another's call cannot vote in its name; its ballot is evidence", async () => {
  const clock = new VirtualClock();
  const random = seededRandom(4);
  const network = new InMemoryNetwork({ clock, random });
  const tracer = new RecordingTracer(clock, random);
  const cluster = new TestCluster({ clock, network, random, tracer });
  const digests = new Map<string, string>();
  const voter = (own: string, choice: string, other?: string) =>
    defineActor(voterProtocol, (context) => ({
      callForBallots: ({ vote: { id, round, digest }, teller }) => {
        digests.set(own, digest);
        const ballot = { vote: id, round, reason: "" };
        const box = context.ref(tellerProtocol, teller);
        const stolen = digests.get(other ?? "");
        if (other !== undefined && stolen !== undefined) {
          box.tell("ballot", { ...ballot, member: other, digest: stolen, choice });
        }
        box.tell("ballot", { ...ballot, member: own, digest, choice });
      },
    }));
  const context = cluster.caller();
  const actors = [voter("n1", "a"), voter("n2", "b", "n1")];
  const electorate = cluster.invite(context, voterProtocol, actors);
  const spec = { id: "v", question: "q", options: ["a", "b"], deadlineMs: 1000 };
  const vote = holdVote(context, spec, electorate);
  await clock.advance(1000);
  expect(await vote).toMatchObject({
    counts: { a: 1, b: 1 },
    refused: [{ why: "forged", ballot: { member: "n1", choice: "b" }, sender: "n2/party" }],
  });
});
