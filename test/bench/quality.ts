/**
 * Damages files of vega-datasets in known ways and says how much of it the inspection finds.
 *
 *     node --conditions=troupe:source test/bench/quality.ts [--suite first|second|third|fourth] [--tuning] [--file part of a name] [--kind kind] [--per-file number] [--seed number] [--dose share,...] [--details]
 *
 * Prints for each corruptor recall and precision, for the files and kinds that the rules were tuned on, and for
 * those held out. With doses each corruption damages that share of the rows, 0 a single one, and each dose has its own
 * corruptions of each file; kinds that have no dose are left out.
 * Without corruptions of each file, `--per-file 0`, only false alarms on the undamaged files are counted.
 */
import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  DataError,
  describeSource,
  type Engine,
  type Fault,
  inspectSource,
  openEngine,
  profileSource,
} from "@troupe/data";
import { isDefect } from "./quality/defects.ts";
import { perFile, referenceTime, seed } from "./quality/plan.ts";
import { type Judged, judge, type Total, total } from "./quality/score.ts";
import { type DamagedFile, type Suite, type SuiteFile, suites } from "./quality/suite.ts";

const { values: flags } = parseArgs({
  options: {
    suite: { type: "string", default: "" },
    tuning: { type: "boolean", default: false },
    details: { type: "boolean", default: false },
    file: { type: "string", default: "" },
    kind: { type: "string", default: "" },
    "per-file": { type: "string", default: String(perFile) },
    seed: { type: "string", default: String(seed) },
    dose: { type: "string" },
  },
});
const folder = resolve(
  process.env["TROUPE_VEGA"] ?? join(import.meta.dirname, "../../node_modules/vega-datasets/data"),
);
/** Shares of the rows to damage; nothing leaves them to chance. */
const doses = flags.dose === undefined ? [undefined] : flags.dose.split(",").map(Number);
/** Files that are worked on at once. */
const concurrency = 2;
const directory = mkdtempSync(join(tmpdir(), "troupe-quality-"));

/** What inspects files: an engine of its own, in a folder of its own. */
interface Bench {
  readonly engine: Engine;
  readonly folder: string;
}

async function inspect(
  { engine, folder: own }: Bench,
  { extension }: SuiteFile,
  { text, kept }: Pick<DamagedFile, "text" | "kept">,
): Promise<readonly Fault[]> {
  const path = join(own, `table.${extension}`);
  if (extension === "parquet") {
    const lines = join(own, "lines.ndjson");
    writeFileSync(lines, text);
    await engine.writeParquet(`FROM read_ndjson('${lines}', sample_size = -1)`, path);
  } else writeFileSync(path, text);
  if (kept !== undefined) truncateSync(path, Math.floor(statSync(path).size * kept));
  const profile = await profileSource(engine, await describeSource(path, [own]));
  const limits = { rowLimit: 1_000_000, hardLimit: 1_000_000 };
  const faults = await inspectSource(engine, profile, { referenceTime, ...limits });
  return faults.filter(({ severity }) => severity !== "note");
}

/** A file that is refused whole names no fault: what was done to it is found only where nothing else was to be done. */
async function attempt(
  bench: Bench,
  file: SuiteFile,
  corrupted: DamagedFile,
  clean: readonly Fault[],
): Promise<Judged> {
  try {
    return judge(file, corrupted, await inspect(bench, file, corrupted), clean);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const missed = { ...judge(file, corrupted, [], clean), refused: error.code };
    if (corrupted.refusal?.test(error.message) !== true) return missed;
    return { ...missed, named: missed.damaged, right: 1, by: [error.code] };
  }
}

/** What was judged, and which share of the rows was to be damaged. */
interface Dosed extends Judged {
  readonly dose: number | undefined;
}

interface Clean {
  readonly name: string;
  readonly rows: number;
  readonly faults: readonly Fault[];
}

async function run(suite: Suite): Promise<void> {
  const waiting = suite.files
    .filter(({ held }) => !flags.tuning || !held)
    .filter(({ name }) => name.includes(flags.file));
  const judged: Dosed[] = [];
  const clean: Clean[] = [];
  const work = async (_: unknown, number: number): Promise<void> => {
    const own = join(directory, suite.name, String(number));
    const engine = await openEngine({ readable: [own], workspace: own, threads: 1 });
    const bench = { engine, folder: own };
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const { rows, text, damaged } = file.open(folder);
      const faults = await inspect(bench, file, { text });
      clean.push({ name: file.name, rows, faults });
      if (flags.details)
        for (const fault of faults)
          console.log(
            `clean ${file.name}${isDefect(file.name, fault) ? " (defect)" : ""}: ${inWords(fault)}`,
          );
      const from = Number(flags.seed) + suite.files.indexOf(file);
      for (const dose of doses) {
        for (const corrupted of damaged(Number(flags["per-file"]), from, dose)) {
          if (flags.kind !== "" && corrupted.kind !== flags.kind) continue;
          if (flags.tuning && suite.heldKinds.has(corrupted.kind)) continue;
          const one = await attempt(bench, file, corrupted, faults);
          judged.push({ ...one, dose });
          if (flags.details) tell(one, dose);
        }
      }
    }
    await engine.close();
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  report(suite, judged, clean);
}

function inWords({ rule, columns, rows, evidence, examples }: Fault): string {
  const values = examples.slice(0, 3).map(({ value }) => value);
  return `${rule} [${columns.slice(0, 4)}] ${rows}: ${evidence} ${JSON.stringify(values)}`;
}

function tell(one: Judged, dose: number | undefined): void {
  const found = one.right > 0 ? one.by.join(",") : (one.refused ?? "MISSED");
  const columns = one.columns.slice(0, 3);
  console.log(
    `${dose === undefined ? "" : `${dose} `}${one.file} ${one.kind}${one.variant === undefined ? "" : `, ${one.variant}`} [${columns}] ${one.named}/${one.damaged} ${found}`,
  );
  for (const fault of one.fresh) console.log(`    wrong: ${inWords(fault)}`);
}

function report(suite: Suite, judged: readonly Dosed[], clean: readonly Clean[]): void {
  const held = (one: Judged): boolean => one.held;
  const heldKind = (one: Judged): boolean => suite.heldKinds.has(one.kind);
  console.log(`\n${suite.name} corruptor: ${suite.kinds.length} kinds`);
  const groups: readonly (readonly [string, readonly Judged[]])[] = [
    ["tuned on", judged.filter((one) => !held(one) && !heldKind(one))],
    ["files held out", judged.filter((one) => held(one) && !heldKind(one))],
    ["kinds held out", judged.filter((one) => !held(one) && heldKind(one))],
    ["both held out", judged.filter((one) => held(one) && heldKind(one))],
    ...doses.flatMap((dose) =>
      dose === undefined
        ? []
        : [
            [
              dose === 0 ? "a single row" : `${dose} of the rows`,
              judged.filter((one) => one.dose === dose),
            ] as const,
          ],
    ),
    ["all", judged],
  ];
  const measures = "number | recall | precision | precision, once | precision, new | rows named |";
  const bars = "---: | ---: | ---: | ---: | ---: | ---: |";
  console.log(`\n| corruptions | ${measures}`);
  console.log(`| --- | ${bars}`);
  for (const [name, group] of groups) if (group.length > 0) console.log(line(name, total(group)));
  console.log(`\n| kind | ${measures} found by |`);
  console.log(`| --- | ${bars} --- |`);
  for (const kind of suite.kinds) {
    const group = judged.filter((one) => one.kind === kind);
    if (group.length === 0) continue;
    const name = suite.heldKinds.has(kind) ? `${kind} (held out)` : kind;
    console.log(`${line(name, total(group))} ${rulesOf(group)} |`);
  }
  const rows = clean.reduce((sum, one) => sum + one.rows, 0);
  const aside = clean.reduce((sum, { faults }) => sum + hardRows(faults), 0);
  const all = clean.flatMap(({ name, faults }) => faults.map((fault) => isDefect(name, fault)));
  const real = all.filter(Boolean).length;
  console.log(
    `\nundamaged: ${clean.length} files, ${rows} rows; ${real} findings of known defects, ${all.length - real} false alarms; ${aside} rows set aside (${((100 * aside) / rows).toFixed(3)} %)`,
  );
  console.log(
    `refused whole: ${judged.filter(({ refused }) => refused !== undefined).length} of ${judged.length}; seed ${flags.seed}`,
  );
}

function hardRows(faults: readonly Fault[]): number {
  const hard = faults.filter(({ severity }) => severity === "hard");
  return new Set(hard.flatMap(({ rowNumbers }) => rowNumbers)).size;
}

function line(
  name: string,
  { corruptions: count, recall, precision, precisionOnce, precisionNew, rows }: Total,
): string {
  const cells = [recall, precision, precisionOnce, precisionNew, rows].map((value) =>
    value.toFixed(3),
  );
  return `| ${[name, count, ...cells].join(" | ")} |`;
}

function rulesOf(judged: readonly Judged[]): string {
  const counts = new Map<string, number>();
  for (const rule of judged.flatMap(({ by }) => by)) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 4)
    .map(([rule, count]) => `${rule} ${count}`)
    .join(", ");
}

try {
  for (const suite of suites)
    if (flags.suite === "" || flags.suite === suite.name) await run(suite);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
