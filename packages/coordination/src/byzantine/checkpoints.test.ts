import { expect, test } from "vitest";
import { sha256 } from "./digest.ts";
import { Machines } from "./machines.test-data.ts";
import type { Checkpoint } from "./messages.ts";

const eight = [1, 2, 3, 4, 5, 6, 7, 8];

test("a checkpoint of a quorum frees everything before it", () => {
  const machines = new Machines();
  machines.decide(1, 2, 3);
  expect(machines.state("b").slots.size).toBe(3);
  machines.decide(4);
  for (const name of machines.names) {
    const { stable, slots, certificates, bodies, checkpoints, snapshots } = machines.state(name);
    expect(stable.sequence).toBe(4);
    expect(stable.proof.length).toBeGreaterThanOrEqual(3);
    expect([slots.size, certificates.size, checkpoints.size, snapshots.size]).toEqual([0, 0, 0, 0]);
    expect(bodies.size, "only the empty batch stays").toBe(1);
  }
});

test("without a stable checkpoint the group stops at the high watermark, and goes on with one", () => {
  const machines = new Machines();
  machines.drop = ({ message }) => "kind" in message && message.kind === "checkpoint";
  machines.decide(...eight, 9, 10);
  expect(machines.done("c")).toEqual(eight);
  expect(machines.state("c").slots.size).toBe(8);
  machines.drop = () => false;
  machines.exchangeStatus();
  expect(machines.done("c")).toEqual([...eight, 9, 10]);
});

test("checkpoints count by sender and digest", () => {
  const machines = new Machines();
  machines.drop = ({ message }) => "kind" in message && message.kind === "checkpoint";
  machines.decide(1, 2, 3, 4);
  const digest = sha256(machines.state("b").snapshots.get(4) ?? "");
  const of = (sender: string, value: string): Checkpoint =>
    machines.signed<Checkpoint>(sender, { kind: "checkpoint", sequence: 4, digest: value });
  for (let copy = 0; copy < 3; copy += 1) machines.tell("b", of("a", digest));
  machines.tell("b", of("c", sha256("another state")));
  machines.tell("b", { ...of("a", digest), sender: "d" });
  expect(machines.state("b").stable.sequence).toBe(0);
  machines.tell("b", of("d", digest));
  expect(machines.state("b").stable.sequence).toBe(4);
});

test("a replica that was away takes over the state of a stable checkpoint, and what came after", () => {
  const machines = new Machines();
  machines.drop = ({ from, to }) => from === "d" || to === "d";
  machines.decide(...eight, 9, 10);
  expect(machines.state("d").executed).toBe(0);
  machines.drop = () => false;
  machines.exchangeStatus();
  machines.exchangeStatus();
  expect(machines.done("d")).toEqual([...eight, 9, 10]);
  expect(machines.state("d").stable.sequence).toBe(8);
  expect(machines.notices.get("d")).toContainEqual({ kind: "caught-up", sequence: 8 });
});

test("a state that no quorum has signed is not taken over", () => {
  const machines = new Machines();
  machines.drop = ({ from, to }) => from === "d" || to === "d";
  machines.decide(1, 2, 3, 4);
  const { proof, snapshot } = machines.state("a").stable;
  const forged = snapshot.replace("1", "7");
  const own = machines.signed<Checkpoint>("c", {
    kind: "checkpoint",
    sequence: 4,
    digest: sha256(forged),
  });
  for (const wrong of [
    { proof: [...proof], snapshot: forged },
    { proof: proof.slice(0, 2), snapshot },
    { proof: [own, own, own], snapshot: forged },
    { proof: ["a", "b", "c"].map((sender) => ({ ...own, sender })), snapshot: forged },
  ]) {
    machines.tell("d", { kind: "state", ...wrong });
    expect(machines.state("d").executed).toBe(0);
  }
  machines.tell("d", { kind: "state", proof: [...proof], snapshot });
  expect(machines.done("d")).toEqual([1, 2, 3, 4]);
});

test("a status is answered once between two own ones, and an old one never", () => {
  const machines = new Machines();
  machines.drop = ({ from, to }) => from === "d" || to === "d";
  machines.decide(1, 2);
  const [status] = machines.fire("d", "status").messages;
  if (status === undefined) throw new Error("there is no status");
  expect(machines.tell("a", status.message).messages.length).toBeGreaterThan(0);
  expect(machines.tell("a", status.message).messages).toEqual([]);
  machines.fire("a", "status");
  expect(machines.tell("a", status.message).messages).toEqual([]);
});
