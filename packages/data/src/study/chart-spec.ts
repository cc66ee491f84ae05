import { z } from "zod";

const column = z.string().min(1, "must name a column of the query").max(200);
const unit = z.string().min(1).max(40).exactOptional();

const shared = {
  /** Column along the bottom. */
  x: column,
  /** What it is measured in, for the axis: `USD`, `km/h`. */
  xUnit: unit,
  yUnit: unit,
};
/** Column whose values are told apart by colour. */
const color = column.exactOptional();

/** What a chart shows, in columns of a query's result. */
export const chartSpecSchema = z.discriminatedUnion("type", [
  /** A length for each category, in the query's order. */
  z.strictObject({ type: z.literal("bar"), ...shared, y: column }),
  /** How something changes along x. */
  z.strictObject({ type: z.literal("line"), ...shared, y: column, color }),
  /** How two numbers go together. */
  z.strictObject({ type: z.literal("scatter"), ...shared, y: column, color }),
  /** How often which values are. `y` is how many times a row counts; default: once. */
  z.strictObject({ type: z.literal("histogram"), ...shared, y: column.exactOptional() }),
]);
export type ChartSpec = z.output<typeof chartSpecSchema>;
