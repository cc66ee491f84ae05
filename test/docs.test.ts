import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(root, file)));
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const pages = new Map(
  tracked.filter((file) => file.endsWith(".md")).map((file) => [file, read(file)]),
);
const program = tracked
  .filter((file) => file.endsWith(".ts"))
  .map(read)
  .join("\n");

/** All that a pattern's first group finds in the pages, with the page. */
function named(pattern: RegExp): readonly (readonly [page: string, name: string])[] {
  return [...pages].flatMap(([page, text]) =>
    [...text.matchAll(pattern)].map(([, name = ""]) => [page, name] as const),
  );
}

/** What a heading is linked to by. */
function anchorsOf(page: string): ReadonlySet<string> {
  const text = (pages.get(page) ?? "").replaceAll(/```.*?```/gs, "");
  return new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

function isBroken(page: string, link: string): boolean {
  const [path = "", anchor = ""] = link.split("#");
  const target = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(root, target))) return true;
  return anchor !== "" && !anchorsOf(target).has(anchor);
}

test("every link between pages leads to a file, and to a heading of it", () => {
  const links = named(/\]\((?!https?:)([^)\s]+)\)/g);
  expect(links.length).toBeGreaterThan(100);
  expect(links.filter(([page, link]) => isBroken(page, link))).toEqual([]);
});

test("every file that a page names is there", () => {
  const paths = named(/`((?:packages|services|test|docs|deploy|\.ci)\/[\w./@-]+)`/g);
  expect(paths.length).toBeGreaterThan(100);
  // What is made by a run is not there before one.
  const kept = paths.filter(([, path]) => !path.startsWith(".ci/artefacts/"));
  expect(kept.filter(([, path]) => !existsSync(join(root, path)))).toEqual([]);
});

test("every test, script, error and variable that a page names is there", () => {
  const scripts = Object.keys(JSON.parse(read("package.json")).scripts);
  const tests = named(/`([\w-]+\.test\.ts)`/g);
  const missing = [
    ...tests.filter(([, name]) => !tracked.some((file) => file.endsWith(`/${name}`))),
    ...named(/npm run ([\w:]+)/g).filter(([, name]) => !scripts.includes(name)),
    ...named(/`([A-Z]\w+Error)`/g).filter(([, name]) => !program.includes(`class ${name} `)),
    ...named(/\b((?:TROUPE|OTEL)_[A-Z_]*[A-Z])\b/g).filter(([, name]) => !program.includes(name)),
  ];
  expect(missing).toEqual([]);
});

test("every setting of a node and of the console is on a page", () => {
  const all = [...pages.values()].join("\n");
  const settings = ["services/node/src/config.ts", "services/console/src/config.ts"].flatMap(
    (file) => [...read(file).matchAll(/^ {2}\w+: "([A-Z_]+)",$/gm)].map(([, name = ""]) => name),
  );
  expect(settings.length).toBeGreaterThan(25);
  expect(settings.filter((name) => !all.includes(name))).toEqual([]);
});

test("every command of the program is in the table of commands", () => {
  const main = join(root, "services/cli/src/main.ts");
  const help = execFileSync(process.execPath, ["--conditions=troupe:source", main, "--help"], {
    encoding: "utf8",
  });
  const listed = /Commands:\n([\s\S]*?)\n\n/.exec(help)?.[1] ?? "";
  const commands = [...listed.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = ""]) => name);
  expect(commands.length).toBeGreaterThan(20);
  const page = pages.get("docs/cli.md") ?? "";
  expect(
    commands.filter((name) => name !== "help" && !page.includes(`| \`troupe ${name}`)),
  ).toEqual([]);
});

test.for(["actor", "agents", "goals"])(
  "the architecture tells what each folder of %s holds",
  (name) => {
    const page = pages.get("docs/architecture.md") ?? "";
    const [, table = ""] =
      new RegExp(`\\| folder of \`packages/${name}\`([\\s\\S]*?)\\n\\n`).exec(page) ?? [];
    const folders = readdirSync(join(root, "packages", name, "src"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    expect(folders.filter((folder) => !table.includes(`\`${folder}\``))).toEqual([]);
  },
);
