import { coordinationScenarios, type SimulatedScenario } from "@troupe/coordination/simulation";
import { replanningScenarios } from "@troupe/goals/replanning/simulation";
import { goalScenarios } from "@troupe/goals/simulation";
import {
  scenarios as runtimeScenarios,
  type Scenario,
  type Simulated,
  simulate as simulateOnce,
} from "@troupe/testkit";
import { exitCodes, InterruptedError, UsageError } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import {
  progressLine,
  type ScenarioSummary,
  simulationLines,
  violationLines,
} from "../output/simulation-lines.ts";
import { writeJson, writeLines } from "../output/write.ts";

export interface SimulateOptions {
  readonly seeds: number;
  readonly firstSeed: number;
  readonly scenario?: string;
  /** Only scenarios of this protocol; `all` for every one. */
  readonly protocol?: string;
  readonly trace: boolean;
  readonly json: boolean;
}

/** Every scenario there is: a package that brings its own adds a line here. */
const scenarios: readonly (Scenario | SimulatedScenario)[] = [
  ...runtimeScenarios,
  ...coordinationScenarios,
  ...goalScenarios,
  ...replanningScenarios,
];

/** Failing seeds that are listed; those beyond them are counted. */
const listedSeeds = 100;
/** Least seeds within which a scenario that asks too much has to show a violation. */
const seedsOfBeyond = 100;
/** Time between two lines about how far it is, milliseconds. */
const progressMs = 5000;

/**
 * `troupe simulate`: the runtime and the protocols on it under seeded faults, in virtual time, with invariants
 * checked. The last line is one JSON document about the whole. Memory does not grow with the seeds.
 */
export async function simulate(io: Io, options: SimulateOptions): Promise<number> {
  const chosen = chosenScenarios(options);
  if (options.trace && (options.seeds !== 1 || chosen.length !== 1)) {
    throw new UsageError("--trace shows one simulation: give --scenario and --seeds 1 with it");
  }
  const began = io.clock.monotonic();
  const summaries: ScenarioSummary[] = [];
  for (const scenario of chosen) {
    const summary = await tryScenario(io, scenario, options);
    summaries.push(summary);
    if (options.json) writeJson(io.out, { type: "scenario", ...summary });
    else writeLines(io.out, simulationLines(summary, screenOf(io.out)));
  }
  const held = summaries.every(({ holds }) => holds);
  const sum = (count: (summary: ScenarioSummary) => number): number =>
    summaries.reduce((all, summary) => all + count(summary), 0);
  writeJson(io.out, {
    type: "summary",
    holds: held,
    protocol: options.protocol ?? "all",
    scenarios: summaries.map(({ scenario }) => scenario),
    seeds: options.seeds,
    firstSeed: options.firstSeed,
    faults: sum(({ faults }) => faults),
    steps: sum(({ steps }) => steps),
    // A scenario that asks too much is to be violated: it is not held against the others.
    violations: sum(({ beyond, violations }) => (beyond === undefined ? violations : 0)),
    beyond: summaries.flatMap(({ scenario, beyond, foundAt }) =>
      beyond === undefined ? [] : [{ scenario, beyond, foundAt: foundAt ?? null }],
    ),
    tookMs: Math.round(io.clock.monotonic() - began),
  });
  return held ? exitCodes.ok : exitCodes.failed;
}

function chosenScenarios({ scenario, protocol: asked }: SimulateOptions) {
  const protocol = asked === "all" ? undefined : asked;
  const chosen = scenarios.filter(
    (one) => one.name === (scenario ?? one.name) && one.protocol === (protocol ?? one.protocol),
  );
  if (chosen.length > 0) return chosen;
  const protocols = new Set(scenarios.map((one) => one.protocol));
  if (protocol !== undefined && !protocols.has(protocol)) {
    throw new UsageError(
      `there is no scenario of protocol '${protocol}': choose one of ${[...protocols, "all"].join(", ")}`,
    );
  }
  const names = scenarios
    .filter((one) => one.protocol === (protocol ?? one.protocol))
    .map(({ name }) => name);
  throw new UsageError(`there is no scenario '${scenario}': choose one of ${names.join(", ")}`);
}

async function tryScenario(
  io: Io,
  scenario: Scenario | SimulatedScenario,
  options: SimulateOptions,
): Promise<ScenarioSummary> {
  const { firstSeed, trace, json } = options;
  const { name, protocol, beyond } = scenario;
  const seeds =
    beyond === undefined || trace ? options.seeds : Math.max(options.seeds, seedsOfBeyond);
  const began = io.clock.monotonic();
  let saidAt = began;
  const failingSeeds: number[] = [];
  let [tried, failed, steps, faults, violations, hash] = [0, 0, 0, 0, 0, ""];
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    if (io.interrupted.aborted) throw new InterruptedError();
    // What a package brings knows of the world as much as it needs.
    const simulated = await simulateOnce(scenario as Scenario, seed, { trace });
    tried += 1;
    steps += simulated.steps;
    faults += simulated.faults;
    violations += simulated.violations.length;
    hash = simulated.hash;
    if (trace) json ? writeTrace(io, simulated) : writeLines(io.out, simulated.trace);
    if (simulated.violations.length > 0) {
      failed += 1;
      if (failingSeeds.length < listedSeeds) failingSeeds.push(seed);
      report(io, simulated, json);
      if (beyond !== undefined) break;
    }
    if (io.clock.monotonic() - saidAt >= progressMs) {
      saidAt = io.clock.monotonic();
      writeLines(io.err, [progressLine(name, tried, seeds, failed)]);
    }
  }
  return {
    scenario: name,
    protocol,
    seeds: tried,
    firstSeed,
    steps,
    faults,
    violations,
    ...(tried === 1 ? { hash } : {}),
    tookMs: Math.round(io.clock.monotonic() - began),
    failed,
    failingSeeds,
    ...(beyond === undefined ? {} : { beyond }),
    ...(beyond === undefined || failed === 0 ? {} : { foundAt: failingSeeds[0] }),
    holds: failed > 0 === (beyond !== undefined),
  };
}

function writeTrace(io: Io, { scenario, seed, trace }: Simulated): void {
  for (const line of trace) writeJson(io.out, { type: "trace", scenario, seed, line });
}

function report(io: Io, simulated: Simulated, json: boolean): void {
  const { scenario, seed, hash, violations } = simulated;
  const replay = `troupe simulate --scenario ${scenario} --first-seed ${seed} --seeds 1 --trace`;
  if (json) writeJson(io.out, { type: "violations", scenario, seed, hash, violations, replay });
  else writeLines(io.out, violationLines(simulated, replay, screenOf(io.out)));
}
