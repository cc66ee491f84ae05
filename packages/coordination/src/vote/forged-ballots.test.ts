import { defineActor } from "@troupe/actor";
import { VirtualCluster } from "@troupe/testkit";
import { expect, test } from "vitest";
import { holdVote } from "./hold-vote.ts";
import { tellerProtocol, voterProtocol } from "./protocol.ts";

test("a member that has read another's call cannot vote in its name; its ballot is evidence", async () => {
  const cluster = new VirtualCluster({ seed: 4 });
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
  await cluster.clock.advance(1000);
  expect(await vote).toMatchObject({
    counts: { a: 1, b: 1 },
    refused: [{ why: "forged", ballot: { member: "n1", choice: "b" }, sender: "n2/party" }],
  });
});
