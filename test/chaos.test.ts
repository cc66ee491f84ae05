import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Command } from "./deployment/command.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "troupe-chaos-test-"));
});
/** Commands that a failed test may leave running. */
const running = new Set<Command>();
afterEach(async () => {
  for (const command of running) command.child.kill("SIGTERM");
  await Promise.all([...running].map(({ ended }) => ended));
  running.clear();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function chaos(...args: readonly string[]): Command {
  const command = new Command(folder, ["chaos", ...args]);
  running.add(command);
  return command;
}

/** Processes of the deployment that were told of and are still there. */
function alive({ news }: Command): readonly number[] {
  const pids = news.flatMap(({ pid }) => (typeof pid === "number" ? [pid] : []));
  return pids.filter((pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  });
}

test("while nodes and the server are killed and nodes sleep, no goal is lost and nothing is done twice", async () => {
  const seed = "20261121";
  const short = ["--goals", "8", "--minutes", "2", "--every", "1.5", "--seed", seed];
  const command = chaos(...short);
  const exitCode = await command.ended;
  const verdict = command.news.at(-1);
  expect(verdict, `troupe chaos ${short.join(" ")}`).toMatchObject({
    type: "verdict",
    acknowledged: 8,
    lost: 0,
    doubled: 0,
    unacknowledged: 0,
    crashes: 0,
    problems: [],
    ok: true,
  });
  expect(exitCode).toBe(0);
  const struck = command.news.flatMap(({ type, kind }) => (type === "fault" ? [kind] : []));
  expect(new Set(struck)).toEqual(new Set(["nodes", "nats", "pause"]));
  expect(alive(command)).toEqual([]);
}, 300_000);

test("an interrupt leaves no process and no file behind, also when a node sleeps", async () => {
  const command = chaos("--goals", "50", "--kill", "pause", "--every", "0.5");
  const { directory } = await command.until("up");
  await command.until("fault");
  expect(alive(command).length).toBe(4);
  command.child.kill("SIGINT");
  expect(await command.ended).toBe(130);
  expect(alive(command)).toEqual([]);
  expect(existsSync(String(directory))).toBe(false);
});
