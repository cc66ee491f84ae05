import { z } from "zod";

/** Most parts of one file. */
const partLimit = 1000;

/** Which files are worked on in parts, and how large a part is. */
export const partitionSchema = z.strictObject({
  /** Files of more bytes are. Default 64 MiB. */
  above: z.number().int().min(0).default(67_108_864),
  /** Rows of a part; more when there would be over 1000 parts. Default 500,000. */
  rows: z.number().int().min(1).default(500_000),
});

/** The rows of each part, by their numbers from 1, both included. */
export function partRanges(
  rows: number,
  perPart: number,
): readonly { readonly from: number; readonly to: number }[] {
  const size = Math.max(perPart, Math.ceil(rows / partLimit));
  return Array.from({ length: Math.ceil(rows / size) }, (_, part) => ({
    from: part * size + 1,
    to: Math.min(rows, (part + 1) * size),
  }));
}
