import type { Screen } from "./screen.ts";
import { indented } from "./text.ts";

/** A part of a page: a bold heading and lines under it. Without lines it is left out. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

const indent = 2;

/** What a section's lines have to fit in. */
export function inSection(screen: Screen): Screen {
  return { ...screen, width: screen.width - indent };
}

/** Sections one below the other, with a blank line before each. */
export function sections(parts: readonly Section[], { paint }: Screen): readonly string[] {
  return parts
    .filter(({ lines }) => lines.length > 0)
    .flatMap(({ title, lines }) => ["", paint("bold", title), ...indented(lines, indent)]);
}
