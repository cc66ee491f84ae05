import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Output, processIo } from "../io.ts";
import { run } from "../run.ts";

const folder = mkdtempSync(join(tmpdir(), "troupe-deploy-"));
afterAll(() => rmSync(folder, { recursive: true }));
const real = processIo();

async function troupe(...args: readonly string[]) {
  const written = { out: "", err: "" };
  const output = (to: "out" | "err"): Output => ({
    ...real[to],
    write: (text) => {
      written[to] += text;
    },
  });
  const io = { ...real, directory: folder, out: output("out"), err: output("err") };
  return { code: await run(io, args), ...written };
}

test("secrets and compose files of one description name each other's files", async () => {
  writeFileSync(join(folder, "two.yaml"), "tenant: acme\ncompose: { nodes: 2 }\n");
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
  writeFileSync(join(folder, "wrong.yaml"), "nodes: { memory: { request: 4Gi } }\n");
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
