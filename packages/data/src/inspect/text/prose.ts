import type { SurveyColumn } from "../survey.ts";

/** Of the score, where what is odd stands in free text: a note is left. */
export const ofProse = 0.45;
/** Values of free text in which what is odd elsewhere says little: so many, or this share of them. */
const oddValues = 2;
const oddShare = 0.003;

/** Whether so many odd values in sentences and titles that never repeat are how people write. */
export function isRareInProse(
  { spaced, distinct, present }: SurveyColumn,
  values: number,
): boolean {
  return (
    values <= Math.max(oddValues, present * oddShare) &&
    spaced > present * 0.3 &&
    distinct > present * 0.5
  );
}
