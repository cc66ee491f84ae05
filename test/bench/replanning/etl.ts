import { buildDomain, different, exists, type Fact, not } from "@troupe/planning";
import type { Case, WorldEvent } from "./case.ts";

const dataset = (name: string) => [name, "?d"] as const;
const nothingSuspect = not(exists(["?x"], [["suspect", "?d", "?x"]]));
const engine = ["engine", "?e"] as const;

/** Methods for what is there already; without these a plan from scratch does all again. */
const skipping = {
  "fetched-already": { task: dataset("fetch"), preconditions: [dataset("here")], subtasks: [] },
  "staged-already": { task: dataset("load"), preconditions: [dataset("staged")], subtasks: [] },
  "trusted-already": { task: dataset("assure"), preconditions: [dataset("trusted")], subtasks: [] },
  "published-already": {
    task: dataset("deliver"),
    preconditions: [dataset("published")],
    subtasks: [],
  },
} as const;

/**
 * Dirty files on their way to datasets to trust: fetched from where they are offered, staged, cleaned, checked,
 * published, and in the end joined. Every step can be done by more than one source or engine.
 *
 * @param skips whether methods look for results that are there already
 */
function etlDomain(skips: boolean) {
  const own = ["?d", "?e"] as const;
  const staged = dataset("staged");
  return buildDomain({
    name: "etl",
    actions: {
      download: {
        parameters: ["?d", "?s"],
        preconditions: [["offers", "?s", "?d"]],
        effects: { add: [dataset("here")] },
        duration: 20,
      },
      stage: {
        parameters: own,
        preconditions: [dataset("here"), engine],
        effects: { add: [staged] },
        duration: 8,
      },
      normalise: {
        parameters: own,
        preconditions: [staged, engine, dataset("placeholders")],
        effects: { remove: [dataset("placeholders")] },
        duration: 4,
      },
      deduplicate: {
        parameters: own,
        preconditions: [staged, engine, not(dataset("placeholders")), dataset("duplicates")],
        effects: { remove: [dataset("duplicates")] },
        duration: 4,
      },
      validate: {
        parameters: ["?d", "?c", "?e"],
        preconditions: [staged, engine, ["suspect", "?d", "?c"]],
        effects: { remove: [["suspect", "?d", "?c"]] },
        duration: 3,
      },
      check: {
        parameters: own,
        preconditions: [
          staged,
          engine,
          not(dataset("placeholders")),
          not(dataset("duplicates")),
          nothingSuspect,
        ],
        effects: { add: [dataset("trusted")] },
        duration: 3,
      },
      publish: {
        parameters: own,
        preconditions: [dataset("trusted"), staged, engine],
        effects: { add: [dataset("published")] },
        duration: 5,
      },
      join: {
        parameters: ["?a", "?b", "?e"],
        preconditions: [["published", "?a"], ["published", "?b"], engine],
        effects: { add: [["joined", "?a", "?b"]] },
        duration: 10,
      },
    },
    tasks: {
      deliver: { parameters: ["?d"] },
      fetch: { parameters: ["?d"] },
      load: { parameters: ["?d"] },
      prepare: { parameters: ["?d"] },
      assure: { parameters: ["?d"] },
      combine: { parameters: ["?a", "?b"] },
    },
    methods: {
      ...(skips ? skipping : {}),
      deliver: {
        task: ["deliver", "?d"],
        parameters: ["?e"],
        preconditions: [engine],
        subtasks: [
          ["fetch", "?d"],
          ["load", "?d"],
          ["prepare", "?d"],
          ["assure", "?d"],
          ["publish", "?d", "?e"],
        ],
      },
      fetch: {
        task: ["fetch", "?d"],
        parameters: ["?s"],
        preconditions: [["offers", "?s", "?d"]],
        subtasks: [["download", "?d", "?s"]],
      },
      load: {
        task: ["load", "?d"],
        parameters: ["?e"],
        preconditions: [engine],
        subtasks: [["stage", "?d", "?e"]],
      },
      "replace-placeholders": {
        task: ["prepare", "?d"],
        parameters: ["?e"],
        preconditions: [dataset("placeholders"), engine],
        subtasks: [
          ["normalise", "?d", "?e"],
          ["prepare", "?d"],
        ],
      },
      "drop-duplicates": {
        task: ["prepare", "?d"],
        parameters: ["?e"],
        preconditions: [not(dataset("placeholders")), dataset("duplicates"), engine],
        subtasks: [
          ["deduplicate", "?d", "?e"],
          ["prepare", "?d"],
        ],
      },
      prepared: {
        task: ["prepare", "?d"],
        preconditions: [not(dataset("placeholders")), not(dataset("duplicates"))],
        subtasks: [],
      },
      "examine-suspect": {
        task: ["assure", "?d"],
        parameters: ["?c", "?e"],
        preconditions: [["suspect", "?d", "?c"], engine],
        subtasks: [
          ["validate", "?d", "?c", "?e"],
          ["assure", "?d"],
        ],
      },
      gate: {
        task: ["assure", "?d"],
        parameters: ["?e"],
        preconditions: [nothingSuspect, engine],
        subtasks: [["check", "?d", "?e"]],
      },
      combine: {
        task: ["combine", "?a", "?b"],
        parameters: ["?e"],
        preconditions: [engine, different("?a", "?b")],
        subtasks: [["join", "?a", "?b", "?e"]],
      },
    },
  });
}

const engines = ["duckdb", "polars", "spark"];
const sources = ["origin", "mirror", "archive"];
const columns = ["title", "year", "price"];

function problemOf(datasets: number) {
  const names = Array.from({ length: datasets }, (_, i) => `d${i + 1}`);
  const facts: Fact[] = engines.map((each) => ["engine", each]);
  names.forEach((name, i) => {
    for (const source of sources) facts.push(["offers", source, name]);
    if (i % 2 === 0) facts.push(["placeholders", name]);
    if (i % 3 !== 1) facts.push(["duplicates", name]);
  });
  return {
    facts,
    tasks: [
      ...names.map((name) => ["deliver", name] as const),
      ...names.slice(1).map((name, i) => ["combine", names[i] ?? name, name] as const),
    ],
  };
}

/** An engine goes away, a source withdraws a file, a staged copy is lost, a column turns out to be suspect. */
function events(facts: readonly Fact[]): readonly WorldEvent[] {
  const of = (predicate: string) => facts.filter(([name]) => name === predicate);
  const published = new Set(of("published").map(([, name]) => name));
  const trusted = new Set(of("trusted").map(([, name]) => name));
  const open = of("staged").filter(([, name]) => !published.has(name ?? ""));
  const spare = (each: readonly Fact[]) => (each.length > 1 ? each : []);
  const suspects = open
    .filter(([, name]) => !trusted.has(name ?? ""))
    .flatMap(([, name]) => columns.map((column): Fact => ["suspect", name ?? "", column]));
  return [
    ...[...spare(of("engine")), ...of("offers").slice(1), ...open].map((fact) => ({
      removed: [fact],
      added: [],
    })),
    ...suspects.map((fact) => ({ removed: [], added: [fact] })),
  ];
}

/** @param skips as for the domain */
export function etl(skips: boolean): Case {
  const domain = etlDomain(skips);
  return {
    name: skips ? "etl, methods that skip what is there" : "etl",
    domain,
    problems: [4, 8].map((count) => ({ name: `${count} files`, problem: problemOf(count) })),
    refusable: new Set(domain.actions.keys()),
    bookkeeping: new Set(),
    books: new Set(),
    events,
  };
}
