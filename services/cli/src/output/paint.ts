import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Puts a style on a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** For files, pipes, tests and people who set `NO_COLOR`. */
export const plainPaint: Paint = (_style, text) => text;

/** For terminals. Whether one shows colours is decided by whoever chooses this. */
export const colourPaint: Paint = (style, text) =>
  text === "" ? "" : styleText(style, text, { validateStream: false });
