import { DiscardPolicy } from "@nats-io/jetstream";
import { expect, test } from "vitest";
import { differences } from "./differences.ts";

test("names what a server ignored or keeps otherwise, and nothing else", () => {
  const wanted = {
    subjects: ["a.>"],
    discard: DiscardPolicy.New,
    max_age: 5,
    no_ack: false,
    republish: { src: "a.>", dest: "b.>" },
  };
  const actual = { ...wanted, max_age: 6, num_replicas: 1 };
  expect(differences(wanted, actual)).toEqual([{ name: "max_age", text: "max_age: 6, not 5" }]);
  const { republish: _ignored, no_ack: _absent, ...poor } = wanted;
  expect(differences(wanted, poor).map(({ name }) => name)).toEqual(["republish"]);
});
