import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { markText, ownMark, type ProcessMark } from "./process-mark.ts";
import { makeSpill, removeDeadSpills } from "./spill-folders.ts";

let home: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "troupe-spills-"));
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  rmSync(home, { recursive: true, force: true });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

/** A process of its own that has made a folder, with a file in it, and then does nothing. */
async function spiller(owner: string): Promise<{ child: ChildProcess; folder: string }> {
  const module = pathToFileURL(join(import.meta.dirname, "spill-folders.ts")).href;
  const program = `
    const { makeSpill } = await import(${JSON.stringify(module)});
    console.log(await makeSpill(${JSON.stringify(home)}, ${JSON.stringify(owner)}));
    setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const [line] = await once(child.stdout as NodeJS.ReadableStream, "data");
  const folder = String(line).trim();
  writeFileSync(join(folder, "duckdb_temp_storage-0.tmp"), "x".repeat(1000));
  return { child, folder };
}

/** A folder as another process would have made it. */
async function folderOf(owner: string, other: Partial<ProcessMark>): Promise<string> {
  const name = `spill-${owner}-${markText({ ...(await ownMark()), ...other })}-aB3dE6`;
  mkdirSync(join(home, name));
  return name;
}

test("folders of killed processes are removed with what is in them, those of living ones are not", async () => {
  const [dead, living] = await Promise.all([spiller("n-1"), spiller("n-2")]);
  const own = await makeSpill(home, "n-3");
  await kill(dead.child);
  expect(await removeDeadSpills(home, "n-3")).toEqual([basename(dead.folder)]);
  expect([dead.folder, living.folder, own].map((path) => existsSync(path))).toEqual([
    false,
    true,
    true,
  ]);
  await kill(living.child);
  await removeDeadSpills(home, "n-3");
  expect(readdirSync(home)).toEqual([basename(own)]);
});

test("a process that has the number of a dead one does not keep its folder", async () => {
  const { start } = await ownMark();
  const earlier = await folderOf("n1", { start: start - 1 });
  expect(await removeDeadSpills(home, "n2")).toEqual([earlier]);
});

test("nothing is left of before a machine was started anew, and nothing is taken from other machines and containers", async () => {
  const before = await folderOf("n1", { boot: "0badb007" });
  const elsewhere = [
    await folderOf("n1", { boot: "0badb007", machine: "0000feed" }),
    await folderOf("n1", { boot: "0badb007", machine: "00000000" }),
    await folderOf("n1", { space: "0000beef", pid: 1 }),
    await folderOf("n1", { boot: "00000000", space: "00000000" }),
  ];
  const { machine } = await ownMark();
  const gone = machine === "00000000" ? [] : [before];
  expect(await removeDeadSpills(home, "n2")).toEqual(gone);
  expect(readdirSync(home)).toEqual(expect.arrayContaining(elsewhere));
});

test("a node takes away what a node of its name left, wherever that was, unless it is known to run", async () => {
  const left = [
    await folderOf("n1", { space: "0000beef", pid: 1 }),
    await folderOf("n1", { boot: "0badb007", machine: "0000feed" }),
  ];
  const longer = await folderOf("n1-2", { space: "0000beef", pid: 1 });
  const own = await makeSpill(home, "n1");
  expect((await removeDeadSpills(home, "n1")).toSorted()).toEqual(left.toSorted());
  expect(readdirSync(home).toSorted()).toEqual([basename(own), longer].toSorted());
});

test("a folder that an earlier release spilled to, by the name of the node alone, is removed by its node", async () => {
  const spilled = (name: string, ...files: readonly string[]): void => {
    mkdirSync(join(home, name));
    for (const file of files) writeFileSync(join(home, name, file), "x");
  };
  const files = ["duckdb_temp_storage_DEFAULT-0.tmp", "duckdb_temp_block-4611686018427388.block"];
  spilled("n1", ...files);
  spilled("n2", ...files);
  spilled("n3", ...files, "orders.csv");
  expect(await removeDeadSpills(home, "n1")).toEqual(["n1"]);
  expect(await removeDeadSpills(home, "n3")).toEqual([]);
  expect(readdirSync(home).toSorted()).toEqual(["n2", "n3"]);
});

test("what is no folder of theirs is left alone, and so is a directory that is not there", async () => {
  for (const name of ["spill-n1", "spill-n1-x-aB3dE6", "work", "n1"]) mkdirSync(join(home, name));
  expect(await removeDeadSpills(home, "n1")).toEqual([]);
  expect(readdirSync(home)).toHaveLength(4);
  expect(await removeDeadSpills(join(home, "nowhere"), "n1")).toEqual([]);
});
