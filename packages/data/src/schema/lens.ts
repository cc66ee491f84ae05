/** A way of looking at data. */
export type Lens = "storage" | "values" | "sample";
/** All lenses. */
export const lenses: readonly Lens[] = ["storage", "values", "sample"];
/** Rows that the lens `sample` takes. */
export const sampleSize = 400;
