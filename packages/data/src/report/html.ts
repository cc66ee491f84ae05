/**
 * A page as one HTML file: styles and pictures are inside, nothing is fetched, nothing runs (its own policy forbids it), and it
 * follows the reader's light or dark setting.
 *
 * @param body HTML, one part a line
 * @param styles rules for what this page has besides
 */
export function htmlPage(title: string, body: readonly string[], styles = ""): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${htmlText(title)}</title>
<style>${style}${styles}</style>
</head>
<body>
${body.join("\n")}
</body>
</html>
`;
}

/** What stands in a file as text of a page, and nothing else: no markup, no control characters. */
export function htmlText(raw: string): string {
  return raw
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(/(?![\t\n])\p{Cc}/gu, "\u{fffd}");
}

/** A drawing as an image of its own, whose names and styles can't meet those of others. */
export function htmlPicture(svg: string, title: string): string {
  const data = Buffer.from(svg).toString("base64");
  return `<figure><img alt="${htmlText(title)}" src="data:image/svg+xml;base64,${data}"></figure>`;
}

/**
 * A table that scrolls in itself where the page is narrow.
 *
 * @param numbers places of columns that hold numbers
 */
export function htmlTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly number[] = [],
): string {
  const line = (tag: string, cells: readonly string[]): string => {
    const set = cells.map((cell, index) => {
      const side = numbers.includes(index) ? ` class="number"` : "";
      // What a cell holds may be written from right to left: the others stay where they are.
      return `<${tag}${side}><bdi>${htmlText(cell)}</bdi></${tag}>`;
    });
    return `<tr>${set.join("")}</tr>`;
  };
  const body = rows.map((row) => line("td", row)).join("");
  return `<div class="wide"><table><thead>${line("th", head)}</thead><tbody>${body}</tbody></table></div>`;
}

const style = `
:root { color-scheme: light dark; --ground: #ffffff; --ink: #24292f; --faint: #5b6470; --line: #d8dde3; --note: #fff4d6; --note-ink: #5c4300; }
@media (prefers-color-scheme: dark) { :root { --ground: #16191d; --ink: #e6e8eb; --faint: #a5adb8; --line: #3a414a; --note: #3d3110; --note-ink: #ffe2a0; } }
body { margin: 0 auto; max-width: 780px; padding: 24px 16px 64px; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2em; }
.made, .question, details p { color: var(--faint); }
a { color: inherit; }
figure { margin: 16px 0; } figure img { max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; background: #ffffff; }
.missing { padding: 8px 12px; border-radius: 6px; background: var(--note); color: var(--note-ink); overflow-wrap: anywhere; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: 14px; }
th, td { padding: 4px 10px; border-bottom: 1px solid var(--line); text-align: left; } .number { text-align: right; font-variant-numeric: tabular-nums; }
pre { overflow-x: auto; padding: 12px; border: 1px solid var(--line); border-radius: 6px; font-size: 13px; }
summary { cursor: pointer; color: var(--faint); }
`;
