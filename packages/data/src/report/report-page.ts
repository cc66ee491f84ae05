import { htmlPage, htmlText } from "./html.ts";
import { reportStyle } from "./report-style.ts";

/** A number that the head of a report shows large. */
interface Tile {
  readonly what: string;
  readonly amount: string;
  readonly note: string;
}

/** A part of a report: what links point at, its title, and its HTML; left out when that is empty. */
type Section = readonly [id: string, title: string, body: readonly string[]];

/**
 * The page of a report on a dataset: its head with what it was made from, the numbers that matter most, a list of its
 * parts, and these.
 *
 * @param made HTML of sentences on how it was made
 */
export function reportPage(
  dataset: string,
  made: readonly string[],
  tiles: readonly Tile[],
  sections: readonly Section[],
): string {
  const shown = sections.filter(([, , body]) => body.length > 0);
  return htmlPage(
    dataset,
    [
      `<header><h1><bdi>${htmlText(dataset)}</bdi></h1>`,
      ...made.map((sentence) => `<p class="made">${sentence}</p>`),
      `<ul class="tiles">${tiles.map(tile).join("")}</ul></header>`,
      `<nav><ol>${shown.map(([id, title]) => `<li><a href="#${id}">${title}</a></li>`).join("")}</ol></nav>`,
      ...shown.flatMap(([id, title, body]) => [
        `<section id="${id}"><h2>${title}</h2>`,
        ...body,
        "</section>",
      ]),
    ],
    reportStyle,
  );
}

function tile({ what, amount, note }: Tile): string {
  return `<li><span class="faint">${htmlText(what)}</span><b>${htmlText(amount)}</b><span class="faint">${htmlText(note)}</span></li>`;
}
