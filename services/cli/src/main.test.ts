import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "troupe-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the real command in an empty directory and without a deployment. */
function troupe(args: readonly string[], input = ""): Promise<Ended> {
  const { NATS_URL: _server, TROUPE_DATA: _data, ...environment } = process.env;
  const child = spawn(process.execPath, ["--conditions=troupe:source", main, ...args], {
    cwd: folder,
    env: { ...environment, NO_COLOR: "1" },
    timeout: 40_000,
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

/** The address of a port that was free a moment ago. */
function deadServer(): Promise<string> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(`nats://127.0.0.1:${port}`));
    });
  });
}

test("help and version succeed on standard output, and every command shows examples", async () => {
  const commands = [["up"], ["node"], ["goal", "submit"], ["goal", "watch"], ["goal", "list"]];
  const more = [
    ["goal", "show"],
    ["goal", "cancel"],
    ["goal", "approve"],
    ["goal", "replay"],
    ["trace"],
    ["trail"],
    ["plan"],
    ["doctor"],
    ["simulate"],
    ["schedule"],
    ["cache", "list"],
    ["cache", "warm"],
    ["cache", "invalidate"],
    ["secrets", "init"],
    ["deploy"],
  ];
  for (const command of [[], ...commands, ...more]) {
    const { code, out, err } = await troupe([...command, "--help"]);
    expect({ command, code, err }).toEqual({ command, code: 0, err: "" });
    expect(out).toContain("Examples:");
  }
  expect(await troupe(["--version"])).toMatchObject({ code: 0, out: "0.1.0\n" });
});

test.each([
  ["no path", ["goal", "submit", "--kind", "clean", "--source", ""], "--source is empty"],
  ["an unknown command", ["frobnicate"], "unknown command"],
  ["an unknown option", ["goal", "list", "--frob"], "unknown option"],
  ["a number out of range", ["up", "--nodes", "0"], "whole number from 1 to 64"],
  ["a missing argument", ["goal", "watch"], "missing required argument"],
  ["options that contradict", ["up", "--once", "--no-sample"], "choose one"],
  ["a scenario that there is not", ["simulate", "--scenario", "x"], "there is no scenario 'x'"],
  ["a trace of many seeds", ["simulate", "--trace"], "--seeds 1"],
  ["results that are not named", ["cache", "invalidate"], "--type TYPE, --key KEY, --all"],
  ["nothing to submit", ["goal", "submit"], "nothing to submit"],
  ["a goal file that is not there", ["goal", "submit", "absent.json"], "can't be read"],
  ["a server address that is none", ["goal", "list", "--server", "http://x"], "not a NATS url"],
])("%s is a usage error: exit code 2 and one line that says what", async (_what, args, said) => {
  const { code, out, err } = await troupe(args);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(said);
  expect(err).not.toContain("    at ");
});

test("a goal on standard input that is not JSON is a usage error", async () => {
  const { code, err } = await troupe(["goal", "submit", "-"], "{kind: clean}");
  expect(code).toBe(2);
  expect(err).toContain("standard input is not JSON");
});

test("without a server every client command ends within bounded time: exit code 3 and where it looked", async () => {
  const server = await deadServer();
  const submit = ["goal", "submit", "--kind", "clean", "--source", "a.csv"];
  const commands = [
    ["goal", "list"],
    submit,
    ["goal", "watch", "g1"],
    ["trace", "g1"],
    ["plan", "g1"],
  ];
  const ended = await Promise.all(
    commands.map((command) => troupe([...command, "--server", server])),
  );
  for (const [index, { code, err }] of ended.entries()) {
    expect({ command: commands[index], code }).toEqual({ command: commands[index], code: 3 });
    expect(err).toContain(server);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  }
});

test("with --json an error is the one document on standard output", async () => {
  const { code, out } = await troupe(["goal", "list", "--json", "--server", await deadServer()]);
  expect(code).toBe(3);
  expect(JSON.parse(out)).toEqual({
    error: { code: "nats-unreachable", message: expect.any(String), retryable: true },
  });
});

test("the doctor explains a missing server and fails", async () => {
  const server = await deadServer();
  const { code, out } = await troupe(["doctor", "--json", "--server", server]);
  expect(code).toBe(1);
  const { checks } = JSON.parse(out);
  const found = checks.find((check: { readonly name: string }) => check.name === "NATS server");
  expect(found).toMatchObject({ verdict: "fail", remedy: expect.stringContaining("troupe up") });
  expect(found.found).toContain(server);
});

test("a file of rules that is wrong is refused with line and column before anything is asked", async () => {
  const file = join(folder, "rules.yaml");
  writeFileSync(file, "rules:\n  - id: age\n    column: age\n    expression: ''\n");
  const submit = ["goal", "submit", "--kind", "clean", "--source", "a.csv", "--rules"];
  const wrong = await troupe([...submit, "rules.yaml"]);
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain("'rules.yaml'");
  expect(wrong.err).toContain("line 4, column 17: rules.0.expression");
  const missing = await troupe([...submit, "none.yaml"]);
  expect(missing.code).toBe(2);
  expect(missing.err).toContain("the file of rules 'none.yaml' can't be read");
});
