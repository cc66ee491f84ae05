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
  tracing: "tracing.ts",
  million: "million.ts",
  entities: "entities.ts",
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

/** Each line: what is compared, with what, and the ratio that Troupe wants to keep. */
interface Bar {
  readonly what: string;
  readonly ours: readonly [Program, keyof Figures];
  readonly to: readonly [Program, keyof Figures] | number;
  readonly least?: number;
  readonly most?: number;
}

const bars: readonly Bar[] = [
  { what: "tell, to nact", ours: ["troupe", "tell"], to: ["nact", "tell"], least: 5 },
  { what: "tell, to comedy", ours: ["troupe", "tell"], to: ["comedy", "tell"], least: 5 },
  { what: "tell, to the floor", ours: ["troupe", "tell"], to: ["floor", "tell"], least: 0.4 },
  {
    what: "ask p50 µs, to the floor",
    ours: ["troupe", "askMicros"],
    to: ["floor", "askMicros"],
    most: 2,
  },
  { what: "spawn, to nact", ours: ["troupe", "spawn"], to: ["nact", "spawn"], least: 2 },
  { what: "heap of an idle actor, bytes", ours: ["troupe", "heapBytes"], to: 1000, most: 1 },
  {
    what: "restart then reply µs, to nact",
    ours: ["troupe", "restartMicros"],
    to: ["nact", "restartMicros"],
    most: 1,
  },
  {
    what: "remote asks, 512 open, to nc.request",
    ours: ["remote", "remoteAsks"],
    to: ["raw", "remoteAsks"],
    least: 3,
  },
  {
    what: "remote asks, 512 open, to moleculer",
    ours: ["remote", "remoteAsks"],
    to: ["moleculer", "remoteAsks"],
    least: 1,
  },
  {
    what: "remote ask p50 µs, to nc.request",
    ours: ["remote", "remoteAskMicros"],
    to: ["raw", "remoteAskMicros"],
    most: 1.1,
  },
  {
    what: "remote tell, to raw publish",
    ours: ["remote", "remoteTell"],
    to: ["raw", "remoteTell"],
    least: 1.5,
  },
  {
    what: "unsampled tell CPU µs, to tracing off",
    ours: ["tracing", "tellUnsampledCpu"],
    to: ["tracing", "tellOffCpu"],
    most: 1.05,
  },
  {
    what: "sampled tell CPU µs, to a bare span",
    ours: ["tracing", "tellSampledCpu"],
    to: ["tracing", "bareSpanCpu"],
    most: 1.3,
  },
  {
    what: "heap of one of a million idle actors, bytes",
    ours: ["million", "millionHeapBytes"],
    to: 1000,
    most: 1,
  },
];

const rows = bars.map(({ what, ours: [program, figure], to, least, most }) => {
  const ours = median(program, figure);
  const theirs = typeof to === "number" ? to : median(...to);
  const ratio = ours / theirs;
  const met = least === undefined ? ratio <= (most ?? 0) : ratio >= least;
  const wanted = least === undefined ? `at most ${most}` : `at least ${least}`;
  return [what, figureText(ours), figureText(theirs), ratio.toFixed(2), wanted, met ? "yes" : "NO"];
});

function figureText(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString("en") : value.toFixed(2);
}

console.log(`\nmedians of ${rounds} rounds, Node ${process.version}\n`);
console.log("| what | Troupe | other | ratio | wanted | met |");
console.log("| --- | --- | --- | --- | --- | --- |");
for (const row of rows) console.log(`| ${row.join(" | ")} |`);
console.log(
  `\nA million idle actors take ${Math.round(median("million", "millionRssMb"))} MB of memory.`,
);
const entity = (figure: keyof Figures): string => figureText(median("entities", figure));
console.log(
  `\nOf 10 000 durable entities on three nodes ${entity("entityActivations")} a second are activated; ` +
    `active ones answer ${entity("entityAsks")} asks a second, or ${entity("entityAppends")} that write. ` +
    `Each takes ${entity("entityHeapBytes")} bytes of heap, a host ${entity("entityHostRssMb")} MB of memory.`,
);
