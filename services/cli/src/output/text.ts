import { stripVTControlCharacters } from "node:util";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
/** Scripts and signs that take two terminal cells (Unicode East Asian Width W and F, and emoji). */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|^\p{Emoji_Presentation}/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/g;
/** One styled escape, or one run of plain text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: styles begin with ESC
const pieces = /\u001b\[[0-9;]*m|[^\u001b]+|\u001b/g;

/**
 * Text from data or other processes as it may be shown: line breaks become spaces, and what could
 * steer a terminal is taken out.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\s+/g, " ")
    .replaceAll(control, "\ufffd")
    .trim();
}

/** Cells that a text takes in a terminal; styles take none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(stripVTControlCharacters(text))) {
    width += wide.test(segment) ? 2 : 1;
  }
  return width;
}

/** The text, cut to `width` cells with an ellipsis when it is longer. Styles are kept and closed. */
export function truncate(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return "";
  let room = width - 1;
  let styled = false;
  let kept = "";
  for (const [piece] of text.matchAll(pieces)) {
    if (piece.startsWith("\u001b")) {
      styled = true;
      if (room >= 0) kept += piece;
      continue;
    }
    for (const { segment } of graphemes.segment(piece)) {
      const cells = widthOf(segment);
      if (cells > room) {
        return `${kept}…${styled ? "\u001b[0m" : ""}`;
      }
      kept += segment;
      room -= cells;
    }
  }
  return kept;
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - widthOf(text))) + text;
}

/** The text as lines of at most `width` cells, broken at spaces; a longer word has its own line. */
export function wrap(text: string, width: number): readonly string[] {
  return wrapParts(text.split(" "), width);
}

/** Parts with spaces between them as lines of at most `width` cells, never broken within a part. */
export function wrapParts(parts: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of parts) {
    if (line !== "" && widthOf(line) + 1 + widthOf(part) > width) {
      lines.push(line);
      line = part;
    } else {
      line = line === "" ? part : `${line} ${part}`;
    }
  }
  return [...lines, line];
}

/** Lines with `indent` spaces before each that is not empty. */
export function indented(lines: readonly string[], indent: number): readonly string[] {
  return lines.map((line) => (line === "" ? "" : " ".repeat(indent) + line));
}
