import { expect, test } from "vitest";
import { UnsafeReplicationError } from "../errors.ts";
import { checkReplication, durabilityNotice } from "./replication.ts";

test("three replicas are refused before nats-server 2.10, with the reason", () => {
  for (const version of ["2.9.10", "2.9.25"]) {
    expect(() => checkReplication(version, 3)).toThrow(UnsafeReplicationError);
    expect(() => checkReplication(version, 3)).toThrow(/two writers can both win/);
  }
});

test("one replica is accepted everywhere, three from 2.10 on", () => {
  expect(() => checkReplication("2.9.10", 1)).not.toThrow();
  expect(() => checkReplication("2.10.0", 3)).not.toThrow();
  expect(() => checkReplication("2.14.0", 3)).not.toThrow();
});

test("servers before 2.12.3 get a durability notice that names what can be done", () => {
  expect(durabilityNotice("2.9.10")).toContain("no sync_interval");
  expect(durabilityNotice("2.12.2")).toContain("sync_interval: always");
  expect(durabilityNotice("2.12.3")).toBeUndefined();
});
