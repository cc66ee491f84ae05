import { createHash } from "node:crypto";
import { InvalidValueError } from "../errors.ts";
import { canonicalJson } from "./canonical-json.ts";

const digestPattern = /^[0-9a-f]{64}$/;

/** What decides the result of a task. Whatever else it depends on must not matter, or be added here. */
export interface ResultIdentity {
  /** The type of the task, for example `profile`. */
  readonly type: string;
  /** Of the task type's code: results of another version are others. */
  readonly version: string | number;
  /** Plain data. Paths and other things that differ between nodes do not belong here. */
  readonly input?: unknown;
  /**
   * The files it reads: what each is to the task, for example `orders`, and the SHA-256 digest of
   * its content as {@link contentDigest} gives it. Not the path. Default: none.
   */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * The name of a task's result: SHA-256, as 64 hexadecimal digits, of the canonical JSON (RFC 8785)
 * of what decides it. The same on every node; another one as soon as a byte of a file changes.
 *
 * @throws NotPlainDataError for an input that has no canonical JSON
 * @throws InvalidValueError for a type or version that is empty, or a digest that is none
 */
export function resultKey({ type, version, input, files = {} }: ResultIdentity): string {
  if (type === "") throw new InvalidValueError("result key", "type", type, "a name");
  if (version === "") throw new InvalidValueError("result key", "version", version, "not empty");
  for (const [name, digest] of Object.entries(files)) {
    if (!digestPattern.test(digest)) {
      const expected = "a SHA-256 digest in 64 lower-case hexadecimal digits";
      throw new InvalidValueError("result key", `files.${name}`, digest, expected);
    }
  }
  const identity = canonicalJson({ type, version, input, files }) ?? "";
  return createHash("sha256").update(identity).digest("hex");
}

/** Throws `InvalidValueError` unless `key` is as {@link resultKey} makes them. */
export function checkKey(key: string): void {
  if (digestPattern.test(key)) return;
  throw new InvalidValueError("result cache", "key", key, "what resultKey returns");
}

/**
 * The SHA-256 digest of a content, as 64 hexadecimal digits, read once from the beginning to the
 * end, in constant memory: `await contentDigest(createReadStream(path))`. Rejects with what
 * reading it throws.
 */
export async function contentDigest(
  content: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<string> {
  const hash = createHash("sha256");
  if (content instanceof Uint8Array) return hash.update(content).digest("hex");
  for await (const chunk of content) hash.update(chunk);
  return hash.digest("hex");
}
