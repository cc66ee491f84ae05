import { InvalidCostsError } from "../../errors.ts";

/** What each agent (row) asks for each task (column); `Infinity` where it cannot do it. */
export interface CostMatrix {
  /** Agents. */
  readonly rows: number;
  /** Tasks. */
  readonly columns: number;
  /** Row by row, `rows * columns` of them: integers, or `Infinity`. */
  readonly cells: Float64Array;
}

/** Longest side of a matrix. Ten thousand by ten thousand take 800 MB. */
export const longestSide = 10_000;

/**
 * Checks costs and lays them out for the auction.
 *
 * @param rows one per agent, all of one length; safe integers of any sign, `Infinity` where an agent cannot do a
 *   task. Costs with decimals have to be scaled to integers by the caller: the proof of optimality rests on them.
 * @throws InvalidCostsError naming the row and column
 */
export function costMatrix(rows: readonly (readonly number[])[]): CostMatrix {
  const columns = rows[0]?.length ?? 0;
  const cells = new Float64Array(rows.length * columns);
  for (const [row, costs] of rows.entries()) {
    if (costs.length !== columns) {
      throw new InvalidCostsError(`row ${row}`, `it has ${costs.length} costs, row 0 ${columns}`);
    }
    cells.set(costs, row * columns);
  }
  const matrix = { rows: rows.length, columns, cells };
  checkCosts(matrix);
  return matrix;
}

/** @throws InvalidCostsError unless every cell is a safe integer or `Infinity`, and the shape is one */
export function checkCosts({ rows, columns, cells }: CostMatrix): void {
  if (rows < 1 || columns < 1 || rows > longestSide || columns > longestSide) {
    const why = `it is ${rows} by ${columns}, and each side must be 1 to ${longestSide}`;
    throw new InvalidCostsError("the matrix", why);
  }
  if (cells.length !== rows * columns) {
    const why = `it has ${cells.length} cells for ${rows} by ${columns}`;
    throw new InvalidCostsError("the matrix", why);
  }
  for (let at = 0; at < cells.length; at += 1) {
    const cost = cells[at] as number;
    if (!Number.isSafeInteger(cost) && cost !== Number.POSITIVE_INFINITY) {
      const place = `row ${Math.floor(at / columns)}, column ${at % columns}`;
      throw new InvalidCostsError(place, `${cost} is neither a safe integer nor Infinity`);
    }
  }
}
