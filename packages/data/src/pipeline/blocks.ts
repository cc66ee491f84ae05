import { isRowWise, type JoinStep, type Step } from "./step.ts";

/** A join of a block, with the table that it adds. */
export type JoinArm = JoinStep & Step;

/** Steps that are done together, since what stands between them need not be kept. */
export interface Block {
  /** Name of its result: that of its last step. */
  readonly name: string;
  /**
   * How the work can be spread: `rows` look at one row at a time; of `keyed` ones all rows with the same
   * `key` must come together, of `joins` those with the same key of an arm; `single` ones need all rows.
   */
  readonly kind: "rows" | "keyed" | "joins" | "single";
  /** The table whose rows it goes through. */
  readonly base: string;
  /** All tables it reads, the base first. */
  readonly reads: readonly string[];
  /** Of a `keyed` one: the columns. Absent: all of them. */
  readonly key?: readonly string[];
  /** Of `joins`: in the order of the document. More than one only when all are inner joins. */
  readonly arms: readonly JoinArm[];
  /** What is done after the joins; for other kinds all steps. */
  readonly steps: readonly Step[];
}

/**
 * Puts steps together: joins that follow one another, and steps that look at one row at a time behind
 * what their rows come from. A result that several steps read, and the last one, are kept.
 */
export function blocksOf(steps: readonly Step[]): readonly Block[] {
  const readers = new Map<string, number>();
  for (const { reads } of steps) {
    for (const table of new Set(reads)) readers.set(table, (readers.get(table) ?? 0) + 1);
  }
  const blocks: Block[] = [];
  for (const step of steps) {
    const before = blocks.at(-1);
    const follows =
      before !== undefined && step.reads[0] === before.name && readers.get(before.name) === 1;
    const joined = before !== undefined && follows ? extended(before, step) : undefined;
    if (joined === undefined) blocks.push(blockOf(step));
    else blocks[blocks.length - 1] = joined;
  }
  return blocks;
}

function extended(block: Block, step: Step): Block | undefined {
  if (isRowWise(step)) return { ...block, name: step.name, steps: [...block.steps, step] };
  const isChain =
    step.op === "join" &&
    step.how === "inner" &&
    !block.reads.includes(step.with) &&
    block.steps.length === 0 &&
    block.arms.length > 0 &&
    block.arms.every(({ how }) => how === "inner");
  if (!isChain) return undefined;
  return {
    ...block,
    name: step.name,
    reads: [...block.reads, step.with],
    arms: [...block.arms, step],
  };
}

function blockOf(step: Step): Block {
  const { name, reads } = step;
  const [base = ""] = reads;
  if (step.op === "join") return { name, kind: "joins", base, reads, arms: [step], steps: [] };
  const block = { name, base, reads: [...new Set(reads)], arms: [], steps: [step] };
  if (isRowWise(step)) return { ...block, kind: "rows" };
  if (step.op === "aggregate" && step.by !== undefined) {
    return { ...block, kind: "keyed", key: step.by };
  }
  if (step.op === "deduplicate") {
    return { ...block, kind: "keyed", ...(step.by === undefined ? {} : { key: step.by }) };
  }
  return { ...block, kind: "single" };
}
