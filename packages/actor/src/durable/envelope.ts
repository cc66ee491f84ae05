import { fromJsonBytes, toJsonBytes } from "./json-bytes.ts";
import { type Settlement, settlementSchema } from "./outbox.ts";
import { NotReadable, readVersioned, type VersionedFormat } from "./versioned-format.ts";

const settlementFormat: VersionedFormat<Settlement> = { schema: settlementSchema, version: 1 };

/** The formats of what one entity's journal holds. */
export interface EntryFormats<Record, Effect> {
  readonly record: VersionedFormat<Record>;
  readonly effect: VersionedFormat<Effect> | undefined;
}

/** What one stored record of an entity says. */
export type Entry<Record, Effect> = {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Sequence of the record it was appended to; undefined where nothing is ever purged. */
  readonly after: number | undefined;
} & (
  | { readonly kind: "record"; readonly record: Record; readonly effects: readonly Effect[] }
  | { readonly kind: "settlement"; readonly settlement: Settlement }
);

type Fields = ReturnType<typeof fromJsonBytes>;

/** The bytes of an entry, in the present version of its formats. */
export function writeEntry<Record, Effect>(
  entry: Entry<Record, Effect>,
  formats: EntryFormats<Record, Effect>,
): Uint8Array {
  const { at, after } = entry;
  if (entry.kind === "settlement") {
    return toJsonBytes({ v: settlementFormat.version, at, after, settled: entry.settlement });
  }
  const { record, effects } = entry;
  const list =
    effects.length === 0 ? {} : { effects: { v: formats.effect?.version, list: effects } };
  return toJsonBytes({ v: formats.record.version, at, after, record, ...list });
}

/** The entry in stored bytes, led to the present version. Throws `NotReadable`. */
export function readEntry<Record, Effect>(
  payload: Uint8Array,
  formats: EntryFormats<Record, Effect>,
): Entry<Record, Effect> {
  return readEntryFields(fromJsonBytes(payload), formats);
}

/** The same, of what was read as JSON. Throws `NotReadable`. */
export function readEntryFields<Record, Effect>(
  { v, at, after, record, effects, settled }: Fields,
  formats: EntryFormats<Record, Effect>,
): Entry<Record, Effect> {
  if (typeof v !== "number" || typeof at !== "number") throw new NotReadable("it has no version");
  const head = { at, after: typeof after === "number" ? after : undefined };
  if (settled !== undefined) {
    const settlement = readVersioned(settlementFormat, v, settled);
    return { ...head, kind: "settlement", settlement };
  }
  return {
    ...head,
    kind: "record",
    record: readVersioned(formats.record, v, record),
    effects: effects === undefined ? [] : readEffects(effects, formats.effect),
  };
}

function readEffects<Effect>(
  stored: unknown,
  format: VersionedFormat<Effect> | undefined,
): readonly Effect[] {
  if (format === undefined) throw new NotReadable("it has effects, and none are known here");
  const { v, list } = stored as { readonly v?: unknown; readonly list?: unknown };
  if (!Array.isArray(list)) throw new NotReadable("its effects are no list");
  return list.map((effect) => readVersioned(format, v, effect));
}
