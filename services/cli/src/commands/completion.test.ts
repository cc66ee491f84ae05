import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

function printed(shell: string): string {
  const args = ["--conditions=troupe:source", main, "completion", shell];
  return execFileSync(process.execPath, args, { encoding: "utf8" });
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "troupe-completion-"));
  writeFileSync(join(folder, "script"), printed("bash"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash would offer. */
function offered(...words: readonly string[]): readonly string[] {
  const program = `source ${join(folder, "script")}
    COMP_WORDS=(troupe "$@"); COMP_CWORD=$#; _troupe; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const text = execFileSync("bash", ["-c", program, "bash", ...words], { encoding: "utf8" });
  return text.split("\n").filter((line) => line !== "");
}

test("bash is offered commands, their subcommands, and the options of the one that is typed", () => {
  expect(offered("goa")).toEqual(["goal"]);
  expect(offered("goal", "s")).toEqual(["submit", "show"]);
  expect(offered("goal", "submit", "--so")).toEqual(["--source"]);
  expect(offered("goal", "submit", "file", "--ki")).toEqual(["--kind"]);
  expect(offered("ps", "--source")).toEqual([]);
});

test("fish is offered them too", () => {
  const script = printed("fish");
  expect(script).toContain("complete -c troupe -n '__fish_use_subcommand' -f -a goal\n");
  expect(script).toContain(
    "complete -c troupe -n '__fish_seen_subcommand_from submit' -l source\n",
  );
});
