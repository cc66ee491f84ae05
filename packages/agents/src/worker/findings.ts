import { ensureError, TroupeError } from "@troupe/actor";

/** Most bytes of findings, as JSON: they travel in messages of at most 1 MiB, beside other things. */
const sizeLimit = 512 * 1024;

/** What a tool returned can't be told to anybody. */
class UntellableFindingsError extends TroupeError {
  readonly code = "untellable-findings";
  readonly retryable = false;
  constructor(tool: string, why: string, options?: ErrorOptions) {
    super(`what the tool '${tool}' found out cannot be told: ${why}`, options);
  }
}

/**
 * What a tool found out as plain JSON data. Nothing becomes `null`, so that it is there.
 *
 * @throws UntellableFindingsError when it is not JSON data or too large: a message that could not be
 *   sent would leave the customer waiting for ever
 */
export function plainFindings(tool: string, found: unknown): unknown {
  let text: string;
  try {
    text = JSON.stringify(found) ?? "null";
  } catch (error) {
    throw new UntellableFindingsError(tool, ensureError(error).message, { cause: error });
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > sizeLimit) {
    const why = `${bytes} bytes exceed the limit of ${sizeLimit}: write it to a file and return its path`;
    throw new UntellableFindingsError(tool, why);
  }
  return JSON.parse(text);
}
