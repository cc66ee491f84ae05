/**
 * The actor runtime beside its peers, all measured in the same run on the same machine, each in a
 * process of its own and in turns. Prints the medians, and Troupe's ratio to what it is compared with.
 *
 *   node --conditions=troupe:source test/bench/actors.ts [rounds]
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { startTestServer } from "@troupe/nats/testing";
import type { Figures } from "./actors/report.ts";

const rounds = Number(process.argv[2] ?? 3);
const folder = join(import.meta.dirname, "actors");
if (!existsSync(join(import.meta.dirname, "node_modules"))) {
  execFileSync("npm", ["ci", "--ignore-scripts"], { cwd: import.meta.dirname, stdio: "inherit" });
}

const programs = {
  floor: "floor.ts",
  nact: "nact.mjs",
  comedy: "comedy.mjs",
  raw: "remote-raw.ts",
  moleculer: "remote-moleculer.mjs",
  troupe: "troupe.ts",
  remote: "remote-troupe.ts",
} as const;
type Program = keyof typeof programs;

const server = await startTestServer();
const measured = new Map<Program, Figures[]>();
try {
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of Object.keys(programs) as Program[]) {
      process.stderr.write(`round ${round} of ${rounds}: ${name}\n`);
      const flags = ["--expose-gc", "--conditions=troupe:source", "--no-warnings"];
      const program = join(folder, programs[name]);
      const out = execFileSync(process.execPath, [...flags, program, server.url], {
        encoding: "utf8",
        timeout: 240_000,
      });
      const figures: Figures = JSON.parse(out.trim().split("\n").at(-1) ?? "{}");
      measured.set(name, [...(measured.get(name) ?? []), figures]);
    }
  }
} finally {
  await server.stop();
}

function median(program: Program, figure: keyof Figures): number {
  const all = (measured.get(program) ?? []).flatMap((figures) => figures[figure] ?? []);
  all.sort((a, b) => a - b);
  return all[Math.floor(all.length / 2)] ?? Number.NaN;
}

/** Each line: what is compared, with whom, and the ratio that Troupe wants to keep. */
const bars: readonly {
  readonly what: string;
  readonly figure: keyof Figures;
  readonly of: Program;
  readonly to: Program | number;
  readonly bar: { readonly least: number } | { readonly most: number };
}[] = [
  { what: "tell, to nact", figure: "tell", of: "troupe", to: "nact", bar: { least: 5 } },
  { what: "tell, to comedy", figure: "tell", of: "troupe", to: "comedy", bar: { least: 5 } },
  { what: "tell, to the floor", figure: "tell", of: "troupe", to: "floor", bar: { least: 0.4 } },
  {
    what: "ask p50, to the floor",
    figure: "askMicros",
    of: "troupe",
    to: "floor",
    bar: { most: 2 },
  },
  { what: "spawn, to nact", figure: "spawn", of: "troupe", to: "nact", bar: { least: 2 } },
  {
    what: "heap of an idle actor, to 1000 B",
    figure: "heapBytes",
    of: "troupe",
    to: 1000,
    bar: { most: 1 },
  },
  {
    what: "restart then reply, to nact",
    figure: "restartMicros",
    of: "troupe",
    to: "nact",
    bar: { most: 1 },
  },
  {
    what: "remote asks, 512 open, to nc.request",
    figure: "remoteAsks",
    of: "remote",
    to: "raw",
    bar: { least: 3 },
  },
  {
    what: "remote asks, 512 open, to moleculer",
    figure: "remoteAsks",
    of: "remote",
    to: "moleculer",
    bar: { least: 1 },
  },
  {
    what: "remote ask p50, to nc.request",
    figure: "remoteAskMicros",
    of: "remote",
    to: "raw",
    bar: { most: 1.1 },
  },
  {
    what: "remote tell, to raw publish",
    figure: "remoteTell",
    of: "remote",
    to: "raw",
    bar: { least: 1.5 },
  },
];

const rows = bars.map(({ what, figure, of, to, bar }) => {
  const ours = median(of, figure);
  const theirs = typeof to === "number" ? to : median(to, figure);
  const ratio = ours / theirs;
  const met = "least" in bar ? ratio >= bar.least : ratio <= bar.most;
  const wanted = "least" in bar ? `at least ${bar.least}` : `at most ${bar.most}`;
  return [what, figureText(ours), figureText(theirs), ratio.toFixed(2), wanted, met ? "yes" : "NO"];
});

function figureText(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString("en") : value.toFixed(2);
}

console.log(`\nmedians of ${rounds} rounds, Node ${process.version}\n`);
console.log("| what | Troupe | other | ratio | wanted | met |");
console.log("| --- | --- | --- | --- | --- | --- |");
for (const row of rows) console.log(`| ${row.join(" | ")} |`);
