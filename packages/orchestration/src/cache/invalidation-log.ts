import { z } from "zod";

/** What is invalidated: one result, or all with a tag. */
export type InvalidationTarget = { readonly key: string } | { readonly tag: string };

/** A place in a log: behind its record of this number. */
export interface LogPosition {
  /** Which log: a store that lost its log begins another one. */
  readonly origin: string;
  readonly number: number;
}

/** Numbered from 1, without holes. */
export interface InvalidationRecord {
  readonly number: number;
  readonly target: InvalidationTarget;
}

/** What has been invalidated lately, oldest first. `number` is the last one's. */
export interface InvalidationLog extends LogPosition {
  readonly records: readonly InvalidationRecord[];
}

/** How many invalidations a log remembers. */
export const rememberedInvalidations = 256;

const target = z.union([
  z.strictObject({ key: z.string() }),
  z.strictObject({ tag: z.string() }),
]) satisfies z.ZodType<InvalidationTarget>;
const record = z.object({ number: z.int().positive(), target });
const logSchema = z.object({
  origin: z.string(),
  number: z.int().nonnegative(),
  records: z.array(record).max(rememberedInvalidations),
});
const noticeSchema = z.object({ origin: z.string(), record });

/** What one node tells the others. */
export interface InvalidationNotice {
  readonly origin: string;
  readonly record: InvalidationRecord;
}

/** The log with one record more; beyond its length it forgets the oldest. */
export function withInvalidation(
  log: InvalidationLog,
  target: InvalidationTarget,
): InvalidationLog & { readonly added: InvalidationRecord } {
  const added = { number: log.number + 1, target };
  const records = [...log.records, added].slice(-rememberedInvalidations);
  return { origin: log.origin, number: added.number, records, added };
}

/** Whether the log has every record behind a position. */
export function tellsAllSince(log: InvalidationLog, position: LogPosition): boolean {
  if (log.origin !== position.origin || position.number > log.number) return false;
  return log.number - position.number <= log.records.length;
}

/** Whether a target means this result. */
export function concerns(
  target: InvalidationTarget,
  key: string,
  tags: readonly string[],
): boolean {
  return "key" in target ? target.key === key : tags.includes(target.tag);
}

/** Whether the log has a record, behind `since`, that means this result. */
export function isInvalidated(
  log: InvalidationLog,
  key: string,
  result: { readonly tags: readonly string[]; readonly since: LogPosition },
): boolean {
  const { tags, since } = result;
  if (log.origin !== since.origin) return false;
  return log.records.some(
    ({ number, target }) => number > since.number && concerns(target, key, tags),
  );
}

export function encodeLog({ origin, number, records }: InvalidationLog): Uint8Array {
  return encode({ origin, number, records });
}

/** Undefined for bytes that are no log. */
export function decodeLog(bytes: Uint8Array): InvalidationLog | undefined {
  return decode(logSchema, bytes);
}

export function encodeNotice(notice: InvalidationNotice): Uint8Array {
  return encode(notice);
}

/** Undefined for bytes that are no notice. */
export function decodeNotice(bytes: Uint8Array): InvalidationNotice | undefined {
  return decode(noticeSchema, bytes);
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function decode<T>(schema: z.ZodType<T>, bytes: Uint8Array): T | undefined {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}
