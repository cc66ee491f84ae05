import type { z } from "zod";
import { InvalidSpecError } from "./errors.ts";

/**
 * The checked spec with its defaults filled in.
 *
 * @throws InvalidSpecError naming every field that is wrong and why
 */
export function checkSpec<Schema extends z.ZodType>(
  schema: Schema,
  what: string,
  id: string,
  spec: z.input<Schema>,
): z.output<Schema> {
  const checked = schema.safeParse(spec);
  if (checked.success) return checked.data;
  throw new InvalidSpecError(
    what,
    id,
    checked.error.issues.map(({ path, message }) => `${path.join(".") || what}: ${message}`),
  );
}
