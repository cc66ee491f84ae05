import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { InvalidPluginError, loadPlugins } from "./plugins.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "troupe-plugins-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const schema = "{ safeParse: (data) => ({ success: true, data }) }";
const tool = `{ type: "shout", purpose: "shouts", input: ${schema}, run: async () => "AH" }`;

function plugin(name: string, code: string): string {
  const path = join(directory, `${name}.mjs`);
  writeFileSync(path, code);
  return path;
}

test("the tools of all plugins are loaded, in order", async () => {
  const one = plugin("one", `export const tools = [${tool}];`);
  const two = plugin("two", `export const tools = [${tool.replace("shout", "whisper")}];`);
  const { tools } = await loadPlugins([one, two]);
  expect(tools.map(({ type }) => type)).toEqual(["shout", "whisper"]);
});

test.for([
  ["that exports no tools", "export const other = 1;", "tools"],
  ["without any tool", "export const tools = [];", "tools"],
  [
    "whose tool cannot run",
    `export const tools = [${tool.replace("run:", "go:")}];`,
    "`run` function",
  ],
  [
    "whose tool has an odd name",
    `export const tools = [${tool.replace("shout", "sh out")}];`,
    "type",
  ],
  ["that breaks while it is loaded", 'throw new Error("no licence");', "no licence"],
] as const)("a module %s is refused by name, with what is wrong", async ([name, code, words]) => {
  const path = plugin(name.replaceAll(" ", "-"), code);
  const loading = loadPlugins([path]);
  await expect(loading).rejects.toThrow(InvalidPluginError);
  await expect(loading).rejects.toThrow(path);
  await expect(loading).rejects.toThrow(words);
});

test("a module that is not there is refused by name", async () => {
  const path = join(directory, "missing.mjs");
  await expect(loadPlugins([path])).rejects.toThrow(path);
});
