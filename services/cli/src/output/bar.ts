const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A horizontal bar for `part` of `all`, at most `cells` wide; anything above nothing shows. */
export function bar(part: number, all: number, cells: number): string {
  if (all <= 0 || part <= 0) return "";
  const filled = Math.max(1, Math.round(Math.min(1, part / all) * cells * 8));
  return "█".repeat(Math.floor(filled / 8)) + (eighths[filled % 8] ?? "");
}
