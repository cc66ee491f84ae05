import { encodingNames } from "./encoding.ts";
import type { Source } from "./source.ts";

/** What a file's text is written in, by the name that people know; undefined of Parquet. */
export function encodingName({ format, encoding }: Source): string | undefined {
  if (format === "parquet") return undefined;
  return encoding === undefined ? "UTF-8" : encodingNames[encoding];
}

/** What a file that is not in UTF-8 is written in and what became of it, in a sentence; undefined of others. */
export function encodingInWords({ encoding, utf8 }: Source): string | undefined {
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
