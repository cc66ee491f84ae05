import type { Growth, Reading } from "./growth.ts";

/** One quantity, as it is drawn. */
export interface Panel {
  readonly name: string;
  readonly unit: string;
  readonly readings: readonly Reading[];
  readonly growth: Growth;
}

const [width, height, columns] = [300, 110, 3] as const;
const inset = { left: 10, right: 10, top: 34, bottom: 12 } as const;

/** Draws what was watched as one SVG document: a panel each, with the line of its slope; what grows is red. */
export function picture(panels: readonly Panel[], warmUp: number): string {
  const rows = Math.ceil(panels.length / columns);
  const drawn = panels.map((panel, index) => {
    const [x, y] = [(index % columns) * width, Math.floor(index / columns) * height];
    return `<g transform="translate(${x} ${y})">${drawPanel(panel, warmUp)}</g>`;
  });
  const size = `width="${columns * width}" height="${rows * height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11">`,
    `<title>What the processes held while they worked</title>`,
    `<rect ${size} fill="#fff"/>`,
    ...drawn,
    "</svg>",
    "",
  ].join("\n");
}

function drawPanel({ name, unit, readings, growth }: Panel, warmUp: number): string {
  const values = readings.map(({ value }) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const end = readings.at(-1)?.at ?? 0;
  const x = (at: number): string => scaled(at, 0, end, inset.left, width - inset.right);
  const y = (value: number): string => scaled(value, least, most, height - inset.bottom, inset.top);
  const points = readings.map(({ at, value }) => `${x(at)},${y(value)}`).join(" ");
  const color = growth.verdict === "grows" ? "#c0392b" : "#2c6e9b";
  const middle = (warmUp + end) / 2;
  const along = (at: number): number =>
    Math.min(most, Math.max(least, growth.level + growth.perMinute * (at - middle)));
  const slope =
    growth.verdict === "short"
      ? ""
      : `<line x1="${x(warmUp)}" y1="${y(along(warmUp))}" x2="${x(end)}" y2="${y(along(end))}" stroke="#888" stroke-dasharray="4 3"/>`;
  return [
    `<text x="${inset.left}" y="14" fill="#222">${escaped(name)}</text>`,
    `<text x="${inset.left}" y="27" fill="#777">${shown(least)} to ${shown(most)} ${escaped(unit)}</text>`,
    `<polyline points="${points}" fill="none" stroke="${color}"/>`,
    slope,
  ].join("");
}

function scaled(value: number, from: number, to: number, start: number, end: number): string {
  const part = to > from ? (value - from) / (to - from) : 0.5;
  return (start + part * (end - start)).toFixed(1);
}

/** A number with three digits that matter. */
export function shown(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en-US");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
