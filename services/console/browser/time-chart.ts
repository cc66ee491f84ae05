import { html } from "htm/preact";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { clock } from "./format.ts";

const size = { width: 380, height: 150, left: 48, right: 8, top: 10, bottom: 22 };

interface Line {
  readonly name: string;
  /** Null: nothing is known of that moment. */
  readonly values: readonly (number | null)[];
}

/** Lines of several things over time; the pointer or the arrow keys choose a moment, whose values are told in words. */
export function TimeChart(props: {
  readonly title: string;
  readonly at: readonly number[];
  readonly lines: readonly Line[];
  /** How a value is written. */
  readonly written: (value: number) => string;
  /** The scale reaches at least up to here. */
  readonly least: number;
}): VNode {
  const { title, at, lines, written, least } = props;
  const [chosen, choose] = useState<number>();
  const from = at.at(0);
  const to = at.at(-1);
  if (from === undefined || to === undefined || at.length < 2) {
    return html`<figure class="chart">
      <figcaption>${title}</figcaption>
      <p class="dim">There is something to draw in a few seconds.</p>
    </figure>` as VNode;
  }
  const top = roundUp(
    Math.max(least, ...lines.flatMap(({ values }) => values.map((one) => one ?? 0))),
  );
  const x = (moment: number): number =>
    size.left + ((moment - from) / (to - from)) * (size.width - size.left - size.right);
  const y = (value: number): number =>
    size.height - size.bottom - (value / top) * (size.height - size.bottom - size.top);
  const index = Math.min(chosen ?? at.length - 1, at.length - 1);
  const moment = at[index] ?? to;
  const point = (event: PointerEvent): void => {
    const { left, width } = (event.currentTarget as SVGElement).getBoundingClientRect();
    const wanted = ((event.clientX - left) / width) * size.width;
    choose(nearest(at.map(x), wanted));
  };
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    choose(Math.max(0, Math.min(at.length - 1, index + step)));
  };
  const told = lines.map(({ name, values }) => {
    const value = values[index];
    return { name, text: value === null || value === undefined ? "–" : written(value) };
  });
  return html`<figure class="chart">
    <figcaption>${title} <span class="dim">at ${clock(moment)}</span></figcaption>
    <svg
      viewBox=${`0 0 ${size.width} ${size.height}`}
      role="img"
      tabindex="0"
      aria-label=${`${title}, ${told.map(({ name, text }) => `${name} ${text}`).join(", ")}`}
      onPointerMove=${point}
      onPointerLeave=${() => choose(undefined)}
      onKeyDown=${press}
    >
      ${[0, 0.5, 1].map(
        (share) => html`<g class="tick" key=${share}>
          <line x1=${size.left} x2=${size.width - size.right} y1=${y(share * top)} y2=${y(share * top)} />
          <text x=${size.left - 6} y=${y(share * top) + 4} text-anchor="end">${written(share * top)}</text>
        </g>`,
      )}
      <g class="tick">
        <text x=${size.left} y=${size.height - 6}>${clock(from)}</text>
        <text x=${size.width - size.right} y=${size.height - 6} text-anchor="end">${clock(to)}</text>
      </g>
      ${lines.map(
        ({ name, values }, line) =>
          html`<path key=${name} class=${`line line-${line % 6}`} d=${pathOf(values, (value, place) => [x(at[place] ?? from), y(value)])} />`,
      )}
      <line class="cursor" x1=${x(moment)} x2=${x(moment)} y1=${size.top} y2=${size.height - size.bottom} />
    </svg>
    <ul class="keys">
      ${told.map(({ name, text }, line) => html`<li key=${name} class=${`key-${line % 6}`}>${name} <strong>${text}</strong></li>`)}
    </ul>
  </figure>` as VNode;
}

/** A path through values; where one is missing it is interrupted. */
function pathOf(
  values: readonly (number | null)[],
  place: (value: number, index: number) => readonly [number, number],
): string {
  let isOpen = false;
  return values
    .map((value, index) => {
      if (value === null) {
        isOpen = false;
        return "";
      }
      const [x, y] = place(value, index);
      const command = isOpen ? "L" : "M";
      isOpen = true;
      return `${command}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}

function nearest(places: readonly number[], wanted: number): number {
  let best = 0;
  places.forEach((place, index) => {
    if (Math.abs(place - wanted) < Math.abs((places[best] ?? 0) - wanted)) best = index;
  });
  return best;
}

/** The next of 1, 2, 4, 6, 8, 10, …: their halves are round as well. */
function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 6, 8, 10].find((step) => step * unit >= value) ?? 10) * unit;
}
