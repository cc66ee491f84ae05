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
 * A pattern for LIKE that whatever is written in the format has: far quicker than an attempt to read
 * it, which is dear when it fails.
 */
export function outline(format: string): string {
  return format.replaceAll(/%\w|\s/g, "%").replaceAll(/%+/g, "%");
}
