import { coordinationScenarios } from "@troupe/coordination/simulation";
import {
  scenarios as runtimeScenarios,
  type Scenario,
  type Simulated,
  simulate as simulateOnce,
} from "@troupe/testkit";
import { exitCodes, InterruptedError, UsageError } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import {
  type ScenarioSummary,
  simulationLines,
  violationLines,
} from "../output/simulation-lines.ts";
import { writeJson, writeLines } from "../output/write.ts";

export interface SimulateOptions {
  readonly seeds: number;
  readonly firstSeed: number;
  readonly scenario?: string;
  /** Only scenarios of this protocol. */
  readonly protocol?: string;
  readonly trace: boolean;
  readonly json: boolean;
}

/** A scenario of the runtime, or of a protocol built on it. */
type AnyScenario = Scenario & { readonly protocol?: string };

/** Every scenario there is: a package that brings its own adds a line here. */
const scenarios: readonly AnyScenario[] = [...runtimeScenarios, ...coordinationScenarios];

/** `troupe simulate`: the runtime under seeded faults, in virtual time, with invariants checked. */
export async function simulate(io: Io, options: SimulateOptions): Promise<number> {
  const chosen = chosenScenarios(options);
  if (options.trace && (options.seeds !== 1 || chosen.length !== 1)) {
    throw new UsageError("--trace shows one simulation: give --scenario and --seeds 1 with it");
  }
  let failures = 0;
  for (const scenario of chosen) {
    const summary = await tryScenario(io, scenario, options);
    failures += summary.failingSeeds.length;
    if (options.json) writeJson(io.out, { type: "scenario", ...summary });
    else writeLines(io.out, simulationLines(summary, screenOf(io.out)));
  }
  return failures === 0 ? exitCodes.ok : exitCodes.failed;
}

function chosenScenarios({ scenario, protocol }: SimulateOptions): readonly AnyScenario[] {
  const chosen = scenarios.filter(
    (one) => one.name === (scenario ?? one.name) && one.protocol === (protocol ?? one.protocol),
  );
  if (chosen.length > 0) return chosen;
  const protocols = new Set(scenarios.flatMap((one) => one.protocol ?? []));
  if (protocol !== undefined && !protocols.has(protocol)) {
    throw new UsageError(
      `there is no scenario of protocol '${protocol}': choose one of ${[...protocols].join(", ")}`,
    );
  }
  const names = scenarios
    .filter((one) => one.protocol === (protocol ?? one.protocol))
    .map(({ name }) => name);
  throw new UsageError(`there is no scenario '${scenario}': choose one of ${names.join(", ")}`);
}

async function tryScenario(
  io: Io,
  scenario: AnyScenario,
  { seeds, firstSeed, trace, json }: SimulateOptions,
): Promise<ScenarioSummary> {
  const began = io.clock.monotonic();
  const failingSeeds: number[] = [];
  let steps = 0;
  let faults = 0;
  let hash = "";
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    if (io.interrupted.aborted) throw new InterruptedError();
    const simulated = await simulateOnce(scenario, seed, { trace });
    steps += simulated.steps;
    faults += simulated.faults;
    hash = simulated.hash;
    if (trace) json ? writeTrace(io, simulated) : writeLines(io.out, simulated.trace);
    if (simulated.violations.length > 0) {
      failingSeeds.push(seed);
      report(io, simulated, json);
    }
  }
  const { name: scenarioName } = scenario;
  const tookMs = Math.round(io.clock.monotonic() - began);
  const oneHash = seeds === 1 ? { hash } : {};
  return {
    scenario: scenarioName,
    seeds,
    firstSeed,
    steps,
    faults,
    ...oneHash,
    tookMs,
    failingSeeds,
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
