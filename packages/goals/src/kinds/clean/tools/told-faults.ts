import type { Fault } from "@troupe/data";

/** Longest text of a fault that is told, characters. */
const longestText = 1000;

/**
 * Faults as they are told to others: they quote values, and a value can be megabytes long. What is longer than
 * 1000 characters is cut off, and ends in `…`.
 */
export function toldFaults(faults: readonly Fault[]): Fault[] {
  return faults.map((fault) => ({
    ...fault,
    evidence: cutOff(fault.evidence),
    examples: fault.examples.map(({ row, value }) => ({
      row,
      value: value === null ? null : cutOff(value),
    })),
  }));
}

function cutOff(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText)}…`;
}
