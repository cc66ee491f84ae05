import { encodingNames } from "./encoding.ts";
import type { Source } from "./source.ts";

/** What a file's text is written in, by the name that people know; undefined of Parquet. */
export function encodingName({ format, encoding }: Source): string | undefined {
  if (format === "parquet") return undefined;
  return encoding === undefined ? "UTF-8" : encodingNames[encoding];
}

/** What was done to read a file that could not be read as it is, in sentences; undefined of others. */
export function readingInWords(source: Source): string | undefined {
  const words = [encodingInWords(source) ?? [], mendedInWords(source) ?? []].flat();
  return words.length === 0 ? undefined : words.join(" ");
}

/** Broken records whose places are said. */
const placesShown = 5;

function mendedInWords({ mended }: Source): string | undefined {
  if (mended === undefined) return undefined;
  const { broken, records, unreadable, first, cut, furtherArrays } = mended;
  const places = first
    .slice(0, placesShown)
    .map(({ row, line, why }) => `row ${row}, line ${line}: ${why}`);
  const more = broken > places.length ? [`${broken - places.length} more`] : [];
  const parts = [
    ...(broken === 0
      ? []
      : [`${broken} of ${records} records are broken (${[...places, ...more].join("; ")})`]),
    ...(cut ? ["the file ends before its records do"] : []),
    ...(furtherArrays === 0 ? [] : [`arrays that follow the first one: ${furtherArrays}`]),
    ...(unreadable === 0 ? [] : [`halves of characters that are U+FFFD now: ${unreadable}`]),
  ];
  return `The file is no sound JSON and was read through a copy: ${parts.join("; ")}.`;
}

/** What a file that is not in UTF-8 is written in and what became of it, in a sentence; undefined of others. */
function encodingInWords({ encoding, utf8 }: Source): string | undefined {
  if (encoding === undefined) return undefined;
  const { unreadable = 0, otherLines = 0, firstOtherLines = [] } = utf8 ?? {};
  const more = otherLines > firstOtherLines.length ? ", …" : "";
  const parts = [
    `The file is in ${encodingNames[encoding]} and was read through a copy in UTF-8`,
    ...(otherLines === 0
      ? []
      : [
          `lines with characters of the encoding that fewer lines have: ${otherLines} (${firstOtherLines.join(", ")}${more})`,
        ]),
    ...(unreadable === 0
      ? []
      : [`characters that could not be decoded and are U+FFFD now: ${unreadable}`]),
  ];
  return `${parts.join("; ")}.`;
}
