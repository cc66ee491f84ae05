import { defineActor, type Meter } from "@troupe/actor";
import { VirtualCluster } from "@troupe/testkit";
import { expect, test } from "vitest";
import { InterruptedError } from "../errors.ts";
import { holdVote } from "../vote/hold-vote.ts";
import { tellerProtocol, voterProtocol } from "../vote/protocol.ts";

const duration = "troupe.coordination.duration";

test("how long a vote took and what became of it is measured", async () => {
  const measured: unknown[] = [];
  const meter: Meter = {
    counter: () => ({ add: () => {} }),
    histogram: (name) => ({
      record: (value, attributes) => {
        // The runtime measures its messages as well.
        if (name === duration) measured.push({ value, ...attributes });
      },
    }),
    observe: () => () => {},
  };
  const cluster = new VirtualCluster({ seed: 3, meter });
  const context = cluster.caller();
  const voting = (choice: string | undefined) =>
    defineActor(voterProtocol, (self) => ({
      callForBallots: ({ vote: { id, round, digest }, teller }) => {
        if (choice === undefined) return;
        const ballot = { vote: id, round, digest, member: self.node, choice, reason: "" };
        self.ref(tellerProtocol, teller).tell("ballot", ballot);
      },
    }));
  const [one, other] = cluster.invite(context, voterProtocol, [voting("a"), voting(undefined)]);
  if (one === undefined || other === undefined) throw new Error("two voters are needed");
  const spec = { id: "v", question: "q", options: ["a", "b"], deadlineMs: 2000 };
  await holdVote(context, spec, [one]);
  const late = holdVote(context, { ...spec, id: "w" }, [other]);
  await cluster.clock.advance(2000);
  await late;
  const shutDown = holdVote(context, { ...spec, id: "x" }, [other]).catch(() => {});
  await cluster.system("home").stopActor({ address: "home/caller" });
  await shutDown;
  const kind = { "troupe.coordination.kind": "vote" };
  expect(measured).toEqual([
    { value: expect.any(Number), ...kind, "troupe.coordination.result": "success" },
    { value: 2, ...kind, "troupe.coordination.result": "failure" },
    { value: expect.any(Number), ...kind, "troupe.coordination.result": "interrupted" },
  ]);
});

test("whoever has stopped holds nothing any more, and is told so as those are who stop in between", async () => {
  const cluster = new VirtualCluster();
  const context = cluster.caller();
  await cluster.system("home").stopActor({ address: "home/caller" });
  const voter = { member: "n1", ref: context.ref(voterProtocol, "n1/party") };
  const spec = { id: "v", question: "q", options: ["a"], deadlineMs: 1000 };
  await expect(holdVote(context, spec, [voter])).rejects.toThrow(InterruptedError);
});
