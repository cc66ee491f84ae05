import { equalBins } from "../profile/quantiles.ts";
import { htmlText } from "./html.ts";

const width = 240;
const height = 64;
const bins = 24;

/** How often which numbers are, by their quantiles, as a drawing within a page; it takes the page's colours. */
export function histogram(quantiles: readonly number[], title: string): string {
  const shares = equalBins(quantiles, bins);
  const most = Math.max(...shares);
  const step = width / bins;
  const bars = shares.map((share, at) => {
    const tall = most === 0 ? 0 : (Math.max(0, share) / most) * height;
    return `<rect x="${(at * step).toFixed(1)}" y="${(height - tall).toFixed(1)}" width="${(step - 1).toFixed(1)}" height="${tall.toFixed(1)}"/>`;
  });
  return `<svg class="plot" role="img" aria-label="${htmlText(title)}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none"><title>${htmlText(title)}</title>${bars.join("")}</svg>`;
}

/** Something that is counted, and how many there are. */
export interface Amount {
  readonly name: string;
  readonly count: number;
  /** Class of its bar, for its colour. Default: that of all bars. */
  readonly kind?: string;
}

/** Amounts of the same kind below each other, each with a bar as long as its share of `all`. */
export function barList(amounts: readonly Amount[], all: number): string {
  const lines = amounts.map(({ name, count, kind = "" }) => {
    const bar = `<svg class="bar ${kind}" aria-hidden="true" viewBox="0 0 100 10" preserveAspectRatio="none"><rect width="${percentOf(count, all)}" height="10"/></svg>`;
    return `<li><span class="name"><bdi>${htmlText(name)}</bdi></span>${bar}<span class="number">${count.toLocaleString("en-US")}</span></li>`;
  });
  return `<ul class="bars">${lines.join("")}</ul>`;
}

/** Parts of a whole side by side in one bar, with a legend that says how many each are. */
export function partsBar(parts: readonly Amount[], title: string): string {
  const all = parts.reduce((sum, { count }) => sum + count, 0);
  let at = 0;
  const bars = parts.map(({ count, kind = "" }) => {
    const share = Number(percentOf(count, all));
    const bar = `<rect class="${kind}" x="${at.toFixed(3)}" width="${share}" height="10"/>`;
    at += share;
    return bar;
  });
  const legend = parts.map(
    ({ name, count, kind = "" }) =>
      `<li><span class="dot ${kind}"></span>${htmlText(name)} <b class="number">${count.toLocaleString("en-US")}</b> <span class="faint">${shareInWords(count, all)}</span></li>`,
  );
  return `<svg class="parts" role="img" aria-label="${htmlText(title)}" viewBox="0 0 100 10" preserveAspectRatio="none">${bars.join("")}</svg><ul class="legend">${legend.join("")}</ul>`;
}

/** A share as per cent; what is not quite nothing, or not quite all, is not told as that. */
export function shareInWords(count: number, all: number): string {
  if (all === 0) return "0 %";
  const share = (100 * count) / all;
  if (count > 0 && share < 0.1) return "< 0.1 %";
  if (count < all && share > 99.9) return "> 99.9 %";
  return `${Number(share.toFixed(1))} %`;
}

function percentOf(count: number, all: number): string {
  return all === 0 ? "0" : ((100 * count) / all).toFixed(3);
}
