import { asRead, editDistance, plainly } from "./likeness.ts";

/** A value and how many rows have it. */
export interface Category {
  readonly value: string;
  readonly rows: number;
}

/** A rare value, and the frequent one that it probably stands for. */
export interface Variant extends Category {
  readonly of: string;
  /** Both are the same but for their decoration, or it is one of many slips: then its share says nothing. */
  readonly certain: boolean;
}

/** Fewest letters of what was cut off or is written into something else. */
const fewestLetters = 3;
/** Different values that are many names; how many times as frequent one must be for another to be a slip of it. */
const manyNames = 100;
const byManyNames = 8;
/** Letters of a word in which two edits are a slip. */
const longWord = 6;
/** What comes more often than so is a name of its own, unless the whole one comes this many times as often. */
const oftenByChance = 2;
const wholeRatio = 4;
/** Share of the rows that the values of a vocabulary have, and rows of each of them on average. */
const vocabularyShare = 0.55;
const vocabularyRows = 15;
/** Most of all rows that one way of slipping has: a slip happens anew each time. */
const slipShare = 0.01;
/** Values of a column that others are held against; beyond, only the most frequent ones. */
const frequentLimit = 400;

/**
 * Finds rare values that stand for a frequent one.
 *
 * @param categories most frequent first
 * @param ratio how many times as frequent the other must be
 * @param repeats rows of each value on average; below three only what is equal but for its decoration counts
 */
export function findVariants(
  categories: readonly Category[],
  ratio: number,
  repeats: number,
): readonly Variant[] {
  const total = categories.reduce((sum, { rows }) => sum + rows, 0);
  const plain = new Map<string, Category>();
  for (const category of categories) {
    for (const key of keysOf(category.value)) {
      if (key !== "" && !plain.has(key)) plain.set(key, category);
    }
  }
  const frequent = categories
    .filter(({ rows }) => rows >= Math.min(Math.max(ratio, 5), Math.max(3, total / 8)))
    .slice(0, frequentLimit);
  // Among many names some are nearly alike, and each has its rows: 'Coos' is not 'Cook'.
  const isName = (rows: number): boolean =>
    categories.length > manyNames && rows > Math.max(oftenByChance, ratio / 2);
  const names = new Set(frequent.map(({ value }) => value.toLowerCase()));
  // Few values that make up nearly all rows are a vocabulary, whatever number of slips there is beside them.
  const usual = categories.filter(({ rows }) => rows >= Math.max(ratio, 5));
  const covered = usual.reduce((sum, { rows }) => sum + rows, 0);
  const isVocabulary =
    covered >= total * vocabularyShare && usual.length * vocabularyRows <= covered;
  return categories.flatMap((category): readonly Variant[] => {
    const { value, rows } = category;
    const same = keysOf(value)
      .map((key) => plain.get(key))
      .find((other) => other !== undefined && other.value !== value && other.rows >= rows * 2);
    if (same !== undefined) {
      const certain =
        plainly(same.value) === plainly(value) && plainly(value).length >= fewestLetters;
      if (certain || rows <= Math.max(1, total * 0.06))
        return [{ ...category, of: same.value, certain }];
    }
    const doubled = frequent.find(
      (other) =>
        other.rows >= rows * 2 &&
        other.value.length >= fewestLetters &&
        isRepeated(value.toLowerCase(), other.value.toLowerCase()),
    );
    if (doubled !== undefined) return [{ ...category, of: doubled.value, certain: true }];
    if (rows > Math.max(1, total * 0.06)) return [];
    if (repeats < 3 && !isVocabulary) return [];
    const certain = isVocabulary && rows <= Math.max(1, total * slipShare);
    const whole = frequent.find(
      (other) =>
        other.value !== value &&
        other.rows >= rows * (rows > oftenByChance ? wholeRatio : 2) &&
        isWrittenInto(value, other.value, names),
    );
    if (whole !== undefined) return [{ ...category, of: whole.value, certain }];
    if (rows > Math.max(1, total * 0.02)) return [];
    const near = frequent.find(
      (other) =>
        other.rows >= Math.min(rows * (isName(rows) ? ratio * byManyNames : ratio), total / 4) &&
        other.rows > rows * 2 &&
        isNear(value, other.value),
    );
    return near === undefined ? [] : [{ ...category, of: near.value, certain }];
  });
}

/** What values that stand for the same have in common, each kind of key apart from the others. */
const keysOf = (value: string): readonly string[] => [
  plainly(value),
  wordSet(value),
  `read ${asRead(value)}`,
];

/** The words of a value in alphabetical order; nothing when it has a single one, or numbers, whose order says something. */
function wordSet(value: string): string {
  if (/\p{N}/u.test(value)) return "";
  const words = value
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
  return words.length < 2 ? "" : words.sort().join(" ");
}

/** Whether a value is another one with something added, cut off or left out. */
function isWrittenInto(value: string, whole: string, names: ReadonlySet<string>): boolean {
  const [rare, usual] = [value.toLowerCase(), whole.toLowerCase()];
  if (usual.length < fewestLetters) return false;
  if (isJoint(rare, names)) return true;
  if ([...rare].reverse().join("") === usual && usual.length > fewestLetters) return true;
  if (isDecorated(rare, usual)) return true;
  return isShortened(value, whole);
}

function isRepeated(rare: string, usual: string): boolean {
  return rare.length > usual.length && rare.replaceAll(usual, "").trim() === "";
}

/** Several categories in one value. */
function isJoint(rare: string, names: ReadonlySet<string>): boolean {
  const parts = rare.split(/[/;|,+&]| and | or /).map((part) => part.trim());
  return parts.length > 1 && parts.every((part) => names.has(part));
}

/** With a note or a label, which do not go on in words. */
function isDecorated(rare: string, usual: string): boolean {
  const after = rare.startsWith(usual) ? rare.slice(usual.length) : undefined;
  const before = rare.endsWith(usual) ? rare.slice(0, rare.length - usual.length) : undefined;
  if (after !== undefined && /^(\s*[[(*?#;!=~<{"'“”|\\]|:\s|e?s$)/.test(after)) return true;
  return before !== undefined && /[\])*?#:=~>}"'“”|\\]\s*$/.test(before);
}

/** Cut off inside a word, written with initials, or with letters left out and a dot or no vowels to show for it. */
function isShortened(value: string, whole: string): boolean {
  const bare = value.replace(/[.…]+$/, "");
  const marked = bare !== value;
  const [rare, usual] = [bare.toLowerCase(), whole.toLowerCase()];
  if (rare.length >= usual.length) return false;
  if (usual.startsWith(rare) && rare.length >= Math.min(fewestLetters, usual.length - 1)) {
    return marked || /^\p{L}\p{L}$/u.test(usual.slice(rare.length - 1, rare.length + 1));
  }
  const words = whole.split(/[^\p{L}]+/u).filter((word) => word !== "");
  const initials = words.map((word) => word[0]).join("");
  if (words.length > 1 && value.replaceAll(".", "") === initials.toUpperCase()) return true;
  if (/[0-9]/.test(whole)) return false;
  const vowelless = usual[0] + usual.slice(1).replaceAll(/[aeiou]/g, "");
  return rare.length >= fewestLetters && rare === vowelless;
}

/** One edit apart, or two in long words; not among values with digits, which number things. */
function isNear(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length);
  const most = shorter >= 8 ? 2 : 1;
  if (shorter < 4 || Math.abs(one.length - other.length) > most) return false;
  if (/[0-9]/.test(other)) return false;
  // Short words are one or two edits from many others: 'PSA Airlines' is not 'UPS Airlines'.
  const [rare, usual] = unlike(one.toLowerCase(), other.toLowerCase());
  const letters = Math.min(rare.length, usual.length);
  const allowed = letters >= longWord ? most : letters >= fewestLetters ? 1 : 0;
  return editDistance(rare, usual, allowed) <= allowed;
}

/** What is left of two values without the words that both begin with, and those that both end with. */
function unlike(one: string, other: string): readonly [string, string] {
  const [first, second] = [one, other].map((value) => value.split(/(?<=[^\p{L}])/u));
  const [rare = [], usual = []] = [first, second];
  let [start, end] = [0, 0];
  const shorter = Math.min(rare.length, usual.length);
  while (start < shorter && rare[start] === usual[start]) start += 1;
  while (end < shorter - start && rare.at(-1 - end) === usual.at(-1 - end)) end += 1;
  const rest = (words: readonly string[]): string =>
    words
      .slice(start, words.length - end)
      .join("")
      .replace(/[^\p{L}]$/u, "");
  return [rest(rare), rest(usual)];
}
