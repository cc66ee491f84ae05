import { createHash } from "node:crypto";
import { InvalidOptionError } from "../errors.ts";

const keyPattern = /^[A-Za-z0-9_-]{1,64}$/;
const tagDigits = 32;

/**
 * The subjects of one entry, all below one, so that one purge removes it: `cache.<key>.entry` for
 * the entry, `cache.<key>.part.<put>.<n>` for the parts of a large one, `cache.<key>.tag.<tag>` for
 * each of its tags. A tag is any text, so its digest stands for it.
 */
export interface ResultSubjects {
  readonly all: string;
  readonly entry: string;
  /** @param put names the one put that the part belongs to */
  part(put: string, index: number): string;
  tag(tag: string): string;
}

/** Throws `InvalidOptionError` for a key that cannot be part of a subject. */
export function resultSubjects(prefix: string, key: string): ResultSubjects {
  if (!keyPattern.test(key)) {
    throw new InvalidOptionError("key", key, "1 to 64 letters, digits, '-' and '_'");
  }
  const base = `${prefix}.cache.${key}`;
  return {
    all: `${base}.>`,
    entry: `${base}.entry`,
    part: (put, index) => `${base}.part.${put}.${index}`,
    tag: (tag) => `${base}.tag.${tagToken(tag)}`,
  };
}

/** A filter for the subjects of a tag, over all keys. */
export function tagFilter(prefix: string, tag: string): string {
  return `${prefix}.cache.*.tag.${tagToken(tag)}`;
}

/** The key of an entry from any of its subjects. */
export function keyOf(prefix: string, subject: string): string {
  return subject.slice(`${prefix}.cache.`.length).split(".", 1)[0] ?? "";
}

function tagToken(tag: string): string {
  return createHash("sha256").update(tag).digest("hex").slice(0, tagDigits);
}
