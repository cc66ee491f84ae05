import { type Bytes, doseOf, isText, type Kind, type Subject, type Way } from "./damage.ts";
import { isNamed, type Piece } from "./document.ts";

const fileOf = (pieces: readonly Piece[]): Buffer =>
  Buffer.concat(pieces.map(({ bytes }) => bytes));

/** Changes the bytes of some records' texts: `at` is that of a letter within a value of the column. */
const inTexts =
  (change: (bytes: Buffer, at: number) => Buffer): Way =>
  (subject): Bytes | undefined => {
    const { columns, draw, pieces, document } = subject;
    if (document.format === "parquet") return undefined;
    const fitting = columns.filter(isText);
    if (fitting.length === 0) return undefined;
    const column = draw.pick(fitting);
    const possible = pieces.flatMap(({ row }) => {
      const value =
        row === undefined
          ? undefined
          : document.records[row]?.find(([name]) => name === column.name)?.[1];
      return typeof value === "string" && value.length > 3 ? [row as number] : [];
    });
    const rows = draw.some(possible, doseOf(subject));
    const chosen = new Set(rows);
    const after = pieces.map((piece): Piece => {
      if (piece.row === undefined || !chosen.has(piece.row)) return piece;
      const value = document.records[piece.row]?.find(([name]) => name === column.name)?.[1];
      const text = Buffer.from(String(value));
      const from = piece.bytes.indexOf(text);
      if (from < 0) return piece;
      return {
        ...piece,
        bytes: change(piece.bytes, from + draw.whole(1, Math.max(1, text.length - 2))),
      };
    });
    const hurt = after.flatMap((piece, at) => (piece === pieces[at] ? [] : (piece.row ?? [])));
    if (hurt.length === 0) return undefined;
    return { bytes: fileOf(after), columns: [column.name], rows: hurt };
  };

const put = (bytes: Buffer, at: number, remove: number, add: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), add, bytes.subarray(at + remove)]);
const instead =
  (add: Buffer | string) =>
  (bytes: Buffer, at: number): Buffer =>
    put(bytes, at, 1, Buffer.from(add));
const before =
  (add: Buffer) =>
  (bytes: Buffer, at: number): Buffer =>
    put(bytes, at, 0, add);

/** A byte order mark before some records. */
const marked: Way = (subject) => {
  const { pieces, draw, document } = subject;
  if (document.format === "parquet") return undefined;
  const chosen = new Set(
    draw.some(
      pieces.flatMap(({ row }) => row || []),
      draw.whole(1, 3),
    ),
  );
  const after = pieces.map((piece) => {
    if (piece.row === undefined || !chosen.has(piece.row)) return piece;
    // Records of an array begin with the comma that ends the one before.
    const at = document.format === "json" ? piece.bytes.indexOf("{") : 0;
    return { ...piece, bytes: put(piece.bytes, at, 0, Buffer.from("\uFEFF")) };
  });
  return { bytes: fileOf(after), columns: document.names, rows: [...chosen] };
};

/** The file ends at a place within a record. */
const cutAt =
  (place: (subject: Subject, bytes: Buffer) => number | undefined): Way =>
  (subject): Bytes | undefined => {
    const { pieces, document } = subject;
    if (document.format === "parquet") return undefined;
    const bytes = fileOf(pieces);
    const at = place(subject, bytes);
    if (at === undefined) return undefined;
    let end = 0;
    for (const piece of pieces) {
      const start = end;
      end += piece.bytes.length;
      if (at > end || piece.row === undefined) continue;
      // Nobody could tell a file of lines that ends with one.
      if (at === end || at - start < 3) return undefined;
      return {
        bytes: bytes.subarray(0, at),
        columns: document.names,
        rows: [Math.max(0, piece.row - 1), piece.row],
      };
    }
    return undefined;
  };

const inLast = ({ pieces, draw }: Subject, share: (draw: number) => number): number => {
  const total = fileOf(pieces).length;
  return Math.floor(total * share(draw.share()));
};

const withinText = (subject: Subject, bytes: Buffer): number | undefined => {
  const from = inLast(subject, (share) => 0.5 + 0.4 * share);
  if (!isNamed(subject.document)) return undefined;
  const found = /": "[^"]{4,}"/.exec(bytes.subarray(from).toString("latin1"));
  return found === null ? undefined : from + found.index + 6;
};

const withinCharacter = (subject: Subject, bytes: Buffer): number | undefined => {
  const places = [...bytes.entries()].flatMap(([at, byte]) => (byte >= 0xc2 ? [at + 1] : []));
  return places.length === 0 ? undefined : subject.draw.pick(places);
};

/** Bytes within the file are gone, or zero. */
const hole =
  (zero: boolean): Way =>
  (subject): Bytes | undefined => {
    const { pieces, document, draw } = subject;
    const bytes = fileOf(pieces);
    if (document.format === "parquet" || bytes.length < 3000) return undefined;
    const length = draw.whole(40, Math.min(512, Math.floor(bytes.length / 10)));
    const from = draw.whole(Math.floor(bytes.length / 4), bytes.length - 2 * length);
    let end = 0;
    const rows = pieces.flatMap((piece) => {
      const start = end;
      end += piece.bytes.length;
      return end > from && start < from + length && piece.row !== undefined ? [piece.row] : [];
    });
    const filled = Buffer.concat([
      bytes.subarray(0, from),
      Buffer.alloc(length),
      bytes.subarray(from + length),
    ]);
    // What is left of the first and of the last of them is in one record.
    return zero
      ? { bytes: filled, columns: document.names, rows, refusal: /binary/ }
      : {
          bytes: put(bytes, from, length, Buffer.alloc(0)),
          columns: document.names,
          rows: rows.slice(0, 1),
        };
  };

const parquet =
  (kept: number): Way =>
  ({ pieces, document }) =>
    document.format === "parquet"
      ? {
          bytes: fileOf(pieces),
          columns: document.names,
          rows: [0],
          refusal: /truncated|cut off/,
          kept,
        }
      : undefined;

/** What stands after the end of an array, or of lines. */
const after =
  (text: string, fits: (subject: Subject) => boolean): Way =>
  (subject) => {
    const { pieces, document } = subject;
    if (document.format === "parquet" || !fits(subject)) return undefined;
    const last = document.records.length;
    return {
      bytes: Buffer.concat([fileOf(pieces), Buffer.from(text)]),
      columns: document.names,
      rows: [last - 1, last],
    };
  };

/** Damage to the bytes of a file. */
export const byteKinds: readonly Kind[] = [
  {
    kind: "encoding damage",
    seen: "characters that no word has: of another encoding, replaced, invisible, or bytes that are none",
    variants: {
      "UTF-8 read as Latin-1": inTexts(instead("Ã©")),
      "UTF-8 read as Latin-1, twice": inTexts(instead("ÃƒÂ©")),
      "quotation mark read as Windows-1252": inTexts(instead("â€™")),
      "replacement character": inTexts(instead("\uFFFD")),
      "question marks": inTexts(instead("??")),
      "byte of Latin-1": inTexts(instead(Buffer.from([0xe9]))),
      "byte that is none": inTexts(instead(Buffer.from([0xff]))),
      "half a character": inTexts(instead(Buffer.from([0xe2, 0x82]))),
      "half a pair": inTexts(instead(Buffer.from([0xed, 0xa0, 0xbd]))),
      "half a pair, escaped": (subject) =>
        isNamed(subject.document) ? inTexts(instead("\\ud83d"))(subject) : undefined,
      "byte order mark within": marked,
      "zero-width space": inTexts(before(Buffer.from("\u200B"))),
      "control character": inTexts(before(Buffer.from("\u0007"))),
      "16-bit characters within": inTexts(before(Buffer.from("ab", "utf16le"))),
    },
  },
  {
    kind: "truncated file",
    seen: "the last record is not whole",
    variants: {
      "last 1 % gone": cutAt((subject) => inLast(subject, () => 0.99)),
      "last 10 % gone": cutAt((subject) => inLast(subject, () => 0.9)),
      "half gone": cutAt((subject) => inLast(subject, () => 0.5)),
      "anywhere in the last part": cutAt((subject) =>
        inLast(subject, (share) => 0.7 + 0.29 * share),
      ),
      "within a text": cutAt(withinText),
      "within a character": cutAt(withinCharacter),
      "end of the array missing": (subject) => {
        const { pieces, document } = subject;
        if (document.format !== "json") return undefined;
        const last = document.records.length - 1;
        return { bytes: fileOf(pieces.slice(0, -1)), columns: document.names, rows: [last] };
      },
      "Parquet, last 10 % gone": parquet(0.9),
      "Parquet, half gone": parquet(0.5),
    },
  },
  {
    kind: "hole",
    seen: "a record that begins as one and ends as another, or NULs",
    variants: { gone: hole(false), zero: hole(true) },
  },
  {
    kind: "more after the end",
    seen: "what follows is no record",
    variants: {
      "array again": ({ document, pieces }) =>
        document.format === "json"
          ? {
              bytes: Buffer.concat([fileOf(pieces), fileOf(pieces)]),
              columns: document.names,
              rows: Array.from({ length: document.records.length * 2 }, (_, at) => at),
            }
          : undefined,
      "page of an error": after("<html><body>502 Bad Gateway</body></html>\n", () => true),
      "line of a log": after("done: 200 records written\n", () => true),
      "half a record": after('{"', ({ document }) => document.format === "ndjson"),
    },
  },
];
