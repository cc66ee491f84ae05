import { setImmediate as nextTurn } from "node:timers/promises";
import { TroupeError } from "@troupe/actor";
import { seededRandom } from "@troupe/testkit";
import { ZodError } from "zod";
import { type Edge, openEdges } from "./edges.ts";
import { mutated } from "./mutate.ts";

/** Longest time that one input may take: a few kilobytes are read in less than one. */
const slowestMs = 2000;
/** Inputs between two looks whether an edge still works. */
const round = 200;

/** What an edge did wrong, and the input with which it does it again. */
interface Finding {
  readonly edge: string;
  readonly what: string;
  readonly seed: number;
  readonly input: string;
}

export interface FuzzReport {
  readonly inputs: number;
  /** Inputs that were refused by an error with a code. */
  readonly refused: number;
  readonly findings: readonly Finding[];
  /** Bytes of the heap after each tenth, where garbage can be collected (`--expose-gc`). */
  readonly heap: readonly number[];
}

/** Gives every edge its share of `inputs` broken inputs, all of them by `seed`. Stops at the tenth finding. */
export async function fuzz(inputs: number, seed: number, only = ""): Promise<FuzzReport> {
  const edges = (await openEdges()).filter(({ name }) => name.includes(only));
  const random = seededRandom(seed);
  const findings: Finding[] = [];
  const heap: number[] = [];
  let refused = 0;
  for (let at = 0; at < inputs && findings.length < 10; at += 1) {
    const edge = edges[at % edges.length];
    if (edge === undefined) break;
    const sample = edge.samples[Math.floor(random.next() * edge.samples.length)];
    const input = mutated(sample ?? new Uint8Array(), random);
    const outcome = tryOne(edge, input);
    if (outcome === "refused") refused += 1;
    else if (outcome !== undefined) {
      const shown = Buffer.from(input).toString("base64");
      findings.push({ edge: edge.name, what: outcome, seed, input: shown });
    }
    if (at % round === round - 1) {
      await nextTurn();
      for (const { alive } of edges) await alive?.();
    }
    if ((at + 1) % Math.max(1, Math.floor(inputs / 10)) === 0) {
      globalThis.gc?.();
      heap.push(process.memoryUsage().heapUsed);
    }
  }
  for (const { close } of edges) await close?.();
  return { inputs, refused, findings, heap };
}

/** What is wrong with how an edge takes an input; `refused` when it says so as it should. */
function tryOne(edge: Edge, input: Uint8Array): string | undefined {
  const begun = performance.now();
  let outcome: string | undefined;
  try {
    edge.take(input);
  } catch (thrown) {
    outcome = isRefusal(thrown) ? "refused" : `threw ${String(thrown)}`;
  }
  const took = performance.now() - begun;
  return took > slowestMs ? `took ${Math.round(took)} ms` : outcome;
}

function isRefusal(thrown: unknown): boolean {
  if (thrown instanceof TroupeError || thrown instanceof ZodError) return true;
  return thrown instanceof Error && "code" in thrown && "retryable" in thrown;
}
