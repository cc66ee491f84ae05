import { literal } from "../engine/sql.ts";

/** Ways of writing dates and times that are tried, most usual first. */
export const dateFormats: readonly string[] = [
  "%Y-%m-%d",
  "%Y/%m/%d",
  "%d.%m.%Y",
  "%m/%d/%Y",
  "%d/%m/%Y",
  "%m/%d/%y",
  "%d-%b-%Y",
  "%d-%b-%y",
  "%d %b %Y",
  "%b %d %Y",
  "%b %d, %Y",
  "%B %d, %Y",
  "%d %B %Y",
  "%Y-%m-%d %H:%M:%S",
  "%Y-%m-%dT%H:%M:%S",
  "%Y-%m-%dT%H:%M:%SZ",
  "%Y-%m-%dT%H:%M:%S.%gZ",
  "%Y-%m-%d %H:%M",
  "%Y-%m-%dT%H:%M",
  "%Y/%m/%d %H:%M:%S",
  "%Y/%m/%d %H:%M",
  "%m/%d/%Y %H:%M",
  "%m/%d/%y %H:%M",
];

/** Whether a way of writing dates is one that is tried. */
export function isDateFormat(format: string): boolean {
  return dateFormats.includes(format);
}

/** Whether a format holds a time of day. */
export function hasTime(format: string): boolean {
  return format.includes("%H");
}

/**
 * A condition that holds for every text that is written in the format, and for few others: far quicker than an attempt to
 * read it, which is dear when it fails.
 *
 * @param text an expression
 */
export function resembles(text: string, format: string): string {
  const outline = format.replaceAll(/%\w|\s/g, "%").replaceAll(/%+/g, "%");
  const alike = `${text} LIKE ${literal(outline)}`;
  // With the name of a month there are no other marks to tell it by.
  return /%b/i.test(format) ? `${alike} AND regexp_matches(${text}, '[A-Za-z]')` : alike;
}
