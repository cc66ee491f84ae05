import { headers, type MsgHdrs, nuid } from "@nats-io/transport-node";
import type { ResultStream } from "./result-stream.ts";
import type { ResultSubjects } from "./result-subjects.ts";

/** Says of an entry that lies in parts: which put they are of, how many, how many bytes. */
const partsHeader = "Troupe-Parts";
const partsAtOnce = 8;

/** What an entry that lies in parts says of them. */
export interface Parts {
  readonly put: string;
  readonly count: number;
  readonly bytes: number;
}

/** Undefined for an entry that is whole. */
export function partsIn(entryHeaders: MsgHdrs | undefined): Parts | undefined {
  const text = entryHeaders?.get(partsHeader) ?? "";
  if (text === "") return undefined;
  const [put = "", count, bytes] = text.split(" ");
  return { put, count: Number(count), bytes: Number(bytes) };
}

/** Stores what one message cannot carry, in parts of the same size. Returns the headers of their entry. */
export async function writeParts(
  stream: ResultStream,
  subjects: ResultSubjects,
  bytes: Uint8Array,
): Promise<MsgHdrs> {
  const room = stream.roomBytes;
  const put = nuid.next();
  const count = Math.ceil(bytes.length / room);
  for (let first = 0; first < count; first += partsAtOnce) {
    await Promise.all(
      indices(first, count).map((i) =>
        stream.write(subjects.part(put, i), bytes.subarray(i * room, (i + 1) * room)),
      ),
    );
  }
  const own = headers();
  own.set(partsHeader, `${put} ${count} ${bytes.length}`);
  return own;
}

/** Undefined when parts are missing: the stream dropped them, or the entry is being removed. */
export async function readParts(
  stream: ResultStream,
  subjects: ResultSubjects,
  parts: Parts,
): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(parts.bytes);
  let filled = 0;
  for (let first = 0; first < parts.count; first += partsAtOnce) {
    const some = indices(first, parts.count).map((i) => stream.read(subjects.part(parts.put, i)));
    for (const part of await Promise.all(some)) {
      if (part === null || filled + part.data.length > bytes.length) return undefined;
      bytes.set(part.data, filled);
      filled += part.data.length;
    }
  }
  return filled === bytes.length ? bytes : undefined;
}

/** Of the parts that are moved at once, beginning with `first`. */
function indices(first: number, count: number): readonly number[] {
  return Array.from({ length: Math.min(partsAtOnce, count - first) }, (_, i) => first + i);
}
