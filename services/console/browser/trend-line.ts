import { html } from "htm/preact";
import type { VNode } from "preact";
import { clock, count } from "./format.ts";

const width = 320;
const height = 64;

/** A line of values over time, with its highest and its latest value in words. */
export function TrendLine(props: {
  readonly points: readonly { readonly at: number; readonly value: number }[];
  readonly label: string;
}): VNode {
  const { points, label } = props;
  const first = points.at(0);
  const last = points.at(-1);
  if (first === undefined || last === undefined)
    return html`<p class="dim">Nothing yet.</p>` as VNode;
  const top = Math.max(1, ...points.map(({ value }) => value));
  const span = last.at - first.at || 1;
  const line = points
    .map(({ at, value }) => {
      const x = ((at - first.at) / span) * width;
      return `${x.toFixed(1)},${(height - 2 - (value / top) * (height - 6)).toFixed(1)}`;
    })
    .join(" ");
  const words = `${count(Math.round(last.value))} ${label}; at most ${count(Math.round(top))} since ${clock(first.at)}`;
  return html`<figure class="trend">
    <svg viewBox=${`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label=${words}>
      <polygon points=${`0,${height} ${line} ${width},${height}`} />
      <polyline points=${line} />
    </svg>
    <figcaption class="dim">${words}</figcaption>
  </figure>` as VNode;
}
