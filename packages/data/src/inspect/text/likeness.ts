/** Cyrillic and Greek letters that look like Latin ones. */
const lookalikes: Readonly<Record<string, string>> = {
  а: "a",
  е: "e",
  о: "o",
  с: "c",
  р: "p",
  х: "x",
  у: "y",
  і: "i",
  к: "k",
  м: "m",
  т: "t",
  в: "b",
  н: "h",
  ο: "o",
  α: "a",
  ε: "e",
  ι: "i",
  ν: "v",
  ρ: "p",
  τ: "t",
  υ: "u",
};

/** Latin letters, and those written in place of them, in one word: regular expression (RE2). */
export const mixedScripts =
  "[A-Za-z][\\p{Cyrillic}\\p{Greek}]|[\\p{Cyrillic}\\p{Greek}][A-Za-z]|[\\x{FF01}-\\x{FF5E}]";

/** A value without what decorates it: case, accents, marks, spaces, markup, escapes. */
export function plainly(value: string): string {
  return value
    .replaceAll(/<[^<>]*>/g, "")
    .replaceAll(/&#(\d+);/g, (_, code: string) =>
      String.fromCodePoint(Math.min(Number(code), 0xffff)),
    )
    .replaceAll(/\\u([0-9a-f]{4})|%([0-9a-f]{2})/gi, (_, wide: string, narrow: string) =>
      String.fromCodePoint(Number.parseInt(wide ?? narrow, 16)),
    )
    .replaceAll(/&[a-z]{2,8};/gi, "")
    .replaceAll(/^\{"[a-z]+":\s*"(.*)"\}$/gi, "$1")
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[\u0370-\u04ff]/g, (letter) => lookalikes[letter] ?? letter)
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** Signs that are taken for each other when print is read by machines, and what is kept of them. */
const misread: Readonly<Record<string, string>> = {
  0: "o",
  1: "l",
  5: "s",
  8: "b",
  rn: "m",
  cl: "d",
  vv: "w",
};

/** A value with all signs that look the same written as one. */
export function asRead(value: string): string {
  return plainly(value).replaceAll(/[0158]|rn|cl|vv/g, (signs) => misread[signs] ?? signs);
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment); more than `most` is `most + 1`. */
export function editDistance(one: string, other: string, most: number): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    if (Math.min(...row) > most) return most + 1;
    before = last;
    last = row;
  }
  return last[other.length] ?? most + 1;
}

/** Whether a text comes out of the engine as it is: a byte order mark at its beginning does not. */
export function isReadBack(text: string): string {
  return `NOT starts_with(${text}, chr(65279))`;
}
