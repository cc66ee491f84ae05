import { setImmediate as nextTurn } from "node:timers/promises";
import { TroupeError } from "@troupe/actor";
import { seededRandom } from "@troupe/testkit";
import { ZodError } from "zod";
import { type Edge, WrongAnswerError } from "./edge.ts";
import { edges as doors } from "./edges.ts";
import { mutated } from "./mutate.ts";
import { endsWithin } from "./patience.ts";
import { shrunk } from "./shrink.ts";

/** Longest time that one input may take, milliseconds, unless its edge says otherwise. */
const slowestMs = 2000;
/** How often an edge does its work after an input that has not ended, before that counts as hanging. */
const overtaken = 3;
/** Inputs between two looks whether an edge still works. */
const round = 200;
/** Most findings; with as many nobody needs more. */
const findingLimit = 10;
/** Readings of memory in the whole time. */
const readings = 10;

/** What an edge did wrong, and the input with which it does it again. */
interface Finding {
  readonly edge: string;
  readonly what: string;
  readonly seed: number;
  /** The smallest input found that does the same, as text; bytes that are none are replaced. */
  readonly shrunk: string;
  /** The same, and the input as it came, in base64. */
  readonly shrunkBytes: string;
  readonly input: string;
}

export interface FuzzReport {
  readonly inputs: number;
  /** Inputs that were refused by an error with a code. */
  readonly refused: number;
  /** Inputs by edge, and what they took, milliseconds. */
  readonly byEdge: Readonly<Record<string, { inputs: number; ms: number }>>;
  readonly findings: readonly Finding[];
  /** Bytes of the heap, and of the process, after each tenth; right after a collection with `--expose-gc`. */
  readonly heap: readonly number[];
  readonly rss: readonly number[];
}

interface FuzzOptions {
  /** Tries the edges with this in their name. Default all. */
  readonly only?: string;
  /** Told after each tenth, of the inputs and findings so far, and of bytes of the heap and of the process. */
  readonly told?: (inputs: number, findings: number, memory: NodeJS.MemoryUsage) => void;
}

/** Gives every edge its share of `inputs` broken inputs, all of them by `seed`. Stops at the tenth finding. */
export async function fuzz(
  inputs: number,
  seed: number,
  { only = "", told = () => {} }: FuzzOptions = {},
): Promise<FuzzReport> {
  const edges: Edge[] = [];
  const report = {
    inputs,
    refused: 0,
    byEdge: {} as Record<string, { inputs: number; ms: number }>,
  };
  const findings: Finding[] = [];
  const [heap, rss]: [number[], number[]] = [[], []];
  try {
    for (const { name, open } of doors) if (name.includes(only)) edges.push(await open());
    for (const edge of edges) findings.push(...(await findingsInOrder(edge, seed)));
    const random = seededRandom(seed);
    const draw = drawing(edges);
    for (let at = 0; at < inputs && findings.length < findingLimit; at += 1) {
      const edge = draw(random.next());
      if (edge === undefined) break;
      const sample = edge.samples[Math.floor(random.next() * edge.samples.length)];
      const input = mutated(sample ?? new Uint8Array(), random);
      const begun = performance.now();
      const outcome = await tryOne(edge, input);
      const { inputs: before = 0, ms = 0 } = report.byEdge[edge.name] ?? {};
      const took = Math.round(ms + performance.now() - begun);
      report.byEdge[edge.name] = { inputs: before + 1, ms: took };
      if (outcome === "refused") report.refused += 1;
      else if (outcome !== undefined) findings.push(await findingOf(edge, outcome, seed, input));
      if (at % round === round - 1) {
        await nextTurn();
        for (const edge of edges) findings.push(...(await findingsAlive(edge, seed, input)));
      }
      if ((at + 1) % Math.max(1, Math.floor(inputs / readings)) === 0) {
        globalThis.gc?.();
        const memory = process.memoryUsage();
        heap.push(memory.heapUsed);
        rss.push(memory.rss);
        told(at + 1, findings.length, memory);
      }
    }
  } finally {
    for (const { close } of edges) await close?.();
  }
  return { ...report, findings, heap, rss };
}

/** An edge that refuses what is in good order would refuse everything, and prove nothing. */
async function findingsInOrder(edge: Edge, seed: number): Promise<readonly Finding[]> {
  const outcomes: (string | undefined)[] = [];
  for (const sample of edge.samples) outcomes.push(await tryOne(edge, sample));
  const wrong = outcomes.find((outcome) => outcome !== undefined && outcome !== "refused");
  const what = outcomes.includes(undefined) ? wrong : (wrong ?? "refuses all of its samples");
  if (what === undefined) return [];
  return [{ edge: edge.name, what, seed, shrunk: "", shrunkBytes: "", input: "" }];
}

/** An edge that does not work any more, after what came since it was last seen to. */
async function findingsAlive(
  edge: Edge,
  seed: number,
  input: Uint8Array,
): Promise<readonly Finding[]> {
  const { alive } = edge;
  if (alive === undefined) return [];
  const what = await tryOne({ ...edge, take: () => alive() }, input);
  if (what === undefined) return [];
  const shown = Buffer.from(input).toString("base64");
  return [
    {
      edge: edge.name,
      what: `stopped working: ${what}`,
      seed,
      shrunk: "",
      shrunkBytes: "",
      input: shown,
    },
  ];
}

/** Chooses edges by their shares. */
function drawing(edges: readonly Edge[]): (draw: number) => Edge | undefined {
  const total = edges.reduce((sum, { share = 1 }) => sum + share, 0);
  return (draw) => {
    let left = draw * total;
    return edges.find(({ share = 1 }) => {
      left -= share;
      return left < 0;
    });
  };
}

async function findingOf(
  edge: Edge,
  what: string,
  seed: number,
  input: Uint8Array,
): Promise<Finding> {
  const small = await shrunk(input, async (smaller) => (await tryOne(edge, smaller)) === what);
  return {
    edge: edge.name,
    what,
    seed,
    shrunk: new TextDecoder().decode(small),
    shrunkBytes: Buffer.from(small).toString("base64"),
    input: Buffer.from(input).toString("base64"),
  };
}

/** What is wrong with how an edge takes an input; `refused` when it says so as it should. */
export async function tryOne(edge: Edge, input: Uint8Array): Promise<string | undefined> {
  const { patienceMs = slowestMs } = edge;
  const begun = process.cpuUsage();
  let outcome: string | undefined;
  try {
    const taken = edge.take(input);
    if (taken instanceof Promise) {
      if (await hangs(taken, edge)) outcome = `did not end within ${patienceMs} ms`;
      else await taken;
    }
  } catch (thrown) {
    outcome = isRefusal(thrown) ? "refused" : `threw ${String(thrown)}`;
  }
  // Of the processor: on a busy machine any input may wait for its turn.
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000 > patienceMs ? `took more than ${patienceMs} ms` : outcome;
}

/** Whether it does not end though the edge does its work: where others are asked, these may be slower than this process. */
async function hangs(
  taken: Promise<unknown>,
  { patienceMs = slowestMs, alive }: Edge,
): Promise<boolean> {
  if (await endsWithin(taken, patienceMs)) return false;
  for (let turn = 0; turn < overtaken && alive !== undefined; turn += 1) {
    await endsWithin(Promise.race([taken, alive()]), patienceMs);
  }
  return !(await endsWithin(taken, patienceMs));
}

function isRefusal(thrown: unknown): boolean {
  if (thrown instanceof WrongAnswerError) return false;
  if (thrown instanceof TroupeError || thrown instanceof ZodError) return true;
  return thrown instanceof Error && "code" in thrown && "retryable" in thrown;
}
