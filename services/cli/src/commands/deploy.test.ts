import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandsInFolder } from "./in-folder.test-support.ts";

const { folder, troupe, write } = commandsInFolder();

test("secrets and compose files of one description name each other's files", async () => {
  write("two.yaml", "tenant: acme\ncompose: { nodes: 2 }\n");
  const to = join(folder, "there");
  const made = await troupe("deploy", "--target", "compose", "--config", "two.yaml", "--out", to);
  expect(made.code).toBe(0);
  const written = made.out.trim().split("\n");
  expect(written).toContain(join(to, "docker-compose.yml"));
  expect(written).toContain(join(to, "deploy/prometheus/rules.yml"));
  expect(written.filter((file) => !existsSync(file))).toEqual([]);
  const dir = join(to, "secrets");
  const secrets = ["secrets", "init", "--dir", dir, "--tenant", "acme", "--nodes", "2", "--nkeys"];
  expect((await troupe(...secrets)).code).toBe(0);
  const wanted = readFileSync(join(to, "docker-compose.yml"), "utf8").match(
    /(?<=file: \.\/secrets\/)[\w.-]+/g,
  );
  expect(wanted).toHaveLength(4);
  const there = readdirSync(dir);
  expect(wanted?.filter((name) => !there.includes(name))).toEqual([]);
  const told = readFileSync(join(dir, "acme-console.env"), "utf8");
  expect(told).toMatch(/^NATS_URL=nats:\/\/acme-console:SU[A-Z2-7]{56}@nats:4222$/m);
  expect(told).toMatch(/^TROUPE_CONSOLE_TOKEN=[\w-]{43}$/m);
});

test("nothing is written for a description that cannot be, or for a target that nobody knows", async () => {
  write("wrong.yaml", "nodes: { memory: { request: 4Gi } }\n");
  const out = join(folder, "nowhere");
  const wrong = ["--config", "wrong.yaml", "--out", out];
  const greedy = await troupe("deploy", "--target", "kubernetes", ...wrong);
  expect(greedy.code).not.toBe(0);
  expect(greedy.err).toContain("requests more memory (4Gi) than its limit (2Gi)");
  const unknown = await troupe("deploy", "--target", "nomad", "--out", out);
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain("compose, kubernetes");
  expect(existsSync(out)).toBe(false);
});
