import type { Fault } from "@troupe/data";
import { isDefect } from "./defects.ts";
import type { DamagedFile, SuiteFile } from "./suite.ts";

/** A fault that shares this much of its rows with a corruption is a finding of it. */
const ownShare = 1 / 3;

/** How one damaged file was judged. */
export interface Judged {
  readonly file: string;
  /** Of a file that the rules were not tuned on. */
  readonly held: boolean;
  readonly kind: string;
  readonly variant: string | undefined;
  readonly columns: readonly string[];
  readonly damaged: number;
  /** Damaged rows that right findings name. */
  readonly named: number;
  /** Rules with a right finding. */
  readonly by: readonly string[];
  readonly right: number;
  /** Neither right nor a defect that the undamaged file has itself. */
  readonly wrong: readonly Fault[];
  /** Those of the wrong ones that the undamaged file has not. */
  readonly fresh: readonly Fault[];
  readonly refused: string | undefined;
}

/**
 * A finding is right when it names a damaged column and at least a third of its rows were damaged, and its rule
 * does not find the very same rows in the undamaged file; a corruption is found when at least one finding is right.
 *
 * @param clean what is found in the undamaged file
 */
export function judge(
  file: Pick<SuiteFile, "name" | "held">,
  corrupted: Omit<DamagedFile, "text">,
  faults: readonly Fault[],
  clean: readonly Fault[],
): Judged {
  const damagedIn = ({ rowNumbers }: Fault): readonly number[] =>
    rowNumbers.filter((row) => corrupted.rows.has(row));
  const isRight = (fault: Fault): boolean =>
    fault.columns.some((column) => corrupted.columns.includes(column)) &&
    damagedIn(fault).length >= fault.rows * ownShare &&
    !clean.some(
      ({ rule, rowNumbers }) => rule === fault.rule && `${rowNumbers}` === `${fault.rowNumbers}`,
    );
  const right = faults.filter(isRight);
  const isKnown = (fault: Fault): boolean =>
    clean.some(({ rule, columns }) => rule === fault.rule && `${columns}` === `${fault.columns}`);
  const wrong = faults.filter(
    (fault) => !isRight(fault) && !(isKnown(fault) && isDefect(file.name, fault)),
  );
  return {
    file: file.name,
    held: file.held,
    kind: corrupted.kind,
    variant: corrupted.variant,
    columns: corrupted.columns,
    damaged: corrupted.rows.size,
    named: new Set(right.flatMap(damagedIn)).size,
    by: [...new Set(right.map(({ rule }) => rule))],
    right: right.length,
    wrong,
    fresh: wrong.filter((fault) => !isKnown(fault)),
    refused: undefined,
  };
}

/** Adds up what was judged. */
export interface Total {
  readonly corruptions: number;
  /** Share of corruptions found. */
  readonly recall: number;
  /** Share of findings that are right, of those that are no known defects of the undamaged file. */
  readonly precision: number;
  /** The same, where a false alarm that the undamaged file has too counts once for each file. */
  readonly precisionOnce: number;
  /** The same without findings that the undamaged file has too. */
  readonly precisionNew: number;
  /** Share of damaged rows that are named. */
  readonly rows: number;
}

export function total(judged: readonly Judged[]): Total {
  const sum = (of: (one: Judged) => number): number =>
    judged.reduce((all, one) => all + of(one), 0);
  const right = sum((one) => one.right);
  const wrong = sum((one) => one.wrong.length);
  const fresh = sum((one) => one.fresh.length);
  const alarms = judged.flatMap(({ file, wrong: all, fresh: anew }) =>
    all
      .filter((fault) => !anew.includes(fault))
      .map(({ rule, columns }) => `${file} ${rule} ${columns}`),
  );
  return {
    corruptions: judged.length,
    recall: sum((one) => (one.right > 0 ? 1 : 0)) / Math.max(1, judged.length),
    precision: right / Math.max(1, right + wrong),
    precisionOnce: right / Math.max(1, right + fresh + new Set(alarms).size),
    precisionNew: right / Math.max(1, right + fresh),
    rows:
      sum((one) => one.named) /
      Math.max(
        1,
        sum((one) => one.damaged),
      ),
  };
}
