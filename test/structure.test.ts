import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** Tracked and new source files, so that the rules hold before a commit as well as after it. */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file.endsWith(".ts") && existsSync(join(root, file)));
const sources = files.filter((file) => !/\.(test|test-[a-z]+)\.ts$/.test(file));
const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** Which packages each may import. Arrows point down only. */
const arrows: Record<string, readonly string[]> = {
  actor: [],
  planning: [],
  orchestration: ["actor"],
  data: [],
  nats: ["actor"],
  testkit: ["actor"],
  telemetry: ["actor"],
  coordination: ["actor"],
  deploy: ["actor", "nats", "telemetry"],
  agents: ["actor", "coordination"],
  goals: ["actor", "agents", "coordination", "data", "orchestration", "planning"],
};

test("imports between packages point down only", () => {
  const upward: string[] = [];
  for (const file of sources) {
    const owner = /^packages\/([^/]+)\//.exec(file)?.[1];
    if (owner === undefined) continue;
    for (const [, imported = ""] of read(file).matchAll(/from "@troupe\/([a-z-]+)[^"]*"/g)) {
      if (imported !== owner && !arrows[owner]?.includes(imported)) {
        upward.push(`${file} imports @troupe/${imported}`);
      }
    }
  }
  expect(upward).toEqual([]);
});

/** The files whose values a file uses: types are gone at run time, and may refer to each other. */
function usedBy(file: string): readonly string[] {
  const froms = /^(?:import|export) (?!type\b)([^;]*?) from "(\.[^"]*)";/gm;
  return [...read(file).matchAll(froms)]
    .filter(([, names = ""]) => !/^\{(\s*type [^,}]*,?)+\s*\}$/.test(names))
    .map(([, , path = ""]) => join(dirname(file), path));
}

test("no files use each other's values in a circle", () => {
  const circles: string[] = [];
  const seen = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    const begin = way.indexOf(file);
    if (begin >= 0) circles.push([...way.slice(begin), file].join(" -> "));
    if (seen.has(file) || !files.includes(file)) return;
    seen.add(file);
    for (const used of usedBy(file)) visit(used, [...way, file]);
  };
  for (const file of sources) visit(file, []);
  expect(circles).toEqual([]);
});

test("every package has its arrows declared here", () => {
  const packages = new Set(files.map((file) => /^packages\/([^/]+)\//.exec(file)?.[1]));
  packages.delete(undefined);
  expect([...packages].sort()).toEqual(Object.keys(arrows).sort());
});

test("time, timers and randomness are reached only through ports", () => {
  const world = /\b(Date\.now|Math\.random|setTimeout|setInterval|performance\.now)\(/;
  // The engine's shell around DuckDB is a port too: it repeats interruptions until one is heard.
  const port = /^packages\/(nats|testkit)\/|\/ports\/|\/data\/src\/engine\/engine\.ts$/;
  const reached = sources.filter((file) => {
    if (!file.startsWith("packages/") || port.test(file)) return false;
    return world.test(read(file));
  });
  expect(reached).toEqual([]);
});

test("packages are used through their public names", () => {
  const deep = files.filter((file) => {
    // As many steps up as it is deep: a folder of a package may be called `packages` as well.
    const up = file.split("/").length - 1;
    const outside = new RegExp(`from "(\\.\\./){${up}}(packages|services)/`);
    const text = read(file);
    return outside.test(text) || /from "@troupe\/[a-z-]+\/(src|dist)/.test(text);
  });
  expect(deep).toEqual([]);
});

test("public entries export by name", () => {
  const open = files.filter((file) => /^export \*/m.test(read(file)));
  expect(open).toEqual([]);
});

/** The names that a package offers, each with the file that declares it. */
function offered(name: string): readonly { readonly name: string; readonly file: string }[] {
  const entry = read(`packages/${name}/src/index.ts`);
  return [...entry.matchAll(/export (?:type )?\{([^}]*)\} from "\.\/([^"]*)"/g)].flatMap(
    ([, names = "", path = ""]) =>
      names
        .split(",")
        .map(
          (one) =>
            one
              .trim()
              .replace(/^type /, "")
              .split(" as ")[0] ?? "",
        )
        .filter((one) => one !== "")
        .map((one) => ({ name: one, file: `packages/${name}/src/${path}` })),
  );
}

/** Whether a comment for users stands before a declaration, or before that of the schema or messages it is the type of. */
function isDocumented(text: string, name: string): boolean {
  const found = new RegExp(
    `^(?:export )?(?:abstract )?(?:async )?(?:type|interface|class|function\\*?|const) ${name}\\b`,
    "m",
  ).exec(text);
  if (found === null) return false;
  if (text.slice(0, found.index).trimEnd().endsWith("*/")) return true;
  const declaration = text.slice(found.index).split(";")[0] ?? "";
  const source =
    /(?:typeof |Extract<|defineProtocol\(\s*"[\w-]+",\s*)([A-Za-z]\w*)/.exec(declaration)?.[1] ??
    "";
  return source !== "" && source !== name && isDocumented(text, source);
}

test("whatever a package offers is documented where it is declared", () => {
  const names = Object.keys(arrows).flatMap(offered);
  expect(names.length).toBeGreaterThan(500);
  expect(names.filter(({ name, file }) => !isDocumented(read(file), name))).toEqual([]);
});

test("no file grows beyond 500 lines", () => {
  const long = sources.filter((file) => read(file).split("\n").length > 500);
  expect(long).toEqual([]);
});
