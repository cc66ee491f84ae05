import type { Loaded, LoadedColumn } from "@troupe/data";
import type { ReportSection } from "./goal.ts";

/** Most sections that are proposed, over all sources. */
const outlineLimit = 12;
/** Most sections about one source. */
const perSource = 5;
/** Values that a category may have, to be told apart side by side. */
const [fewestCategories, mostCategories] = [2, 30];
/** A number with fewer values than this is a code rather than a measurement. */
const fewestMeasures = 8;
/** Values that are counted one by one; more are counted in steps. */
const countedOneByOne = 1000;

/**
 * Questions that suggest themselves from what is in the files, by rules: for each source a measure over
 * time, a measure by category, how a measure is distributed, how many rows each category has, and how
 * two measures go together. All are optional. The same files give the same questions.
 *
 * @param sources what loading each of them found out, by name
 */
export function outline(sources: Readonly<Record<string, Loaded>>): ReportSection[] {
  const proposed = Object.entries(sources).map(([name, loaded]) => questionsOf(name, loaded));
  // The first question about each source before the second about any.
  const sections: ReportSection[] = [];
  for (let rank = 0; rank < perSource; rank += 1) {
    sections.push(...proposed.flatMap((questions) => questions[rank] ?? []));
  }
  return sections.slice(0, outlineLimit);
}

function questionsOf(source: string, { rows, columns }: Loaded): readonly ReportSection[] {
  const times = columns.filter(isTime);
  const measures = columns.filter((column) => isMeasure(column) && !times.includes(column));
  const categories = columns.filter((column) => isCategory(column, rows));
  const [time] = times;
  const [category] = categories;
  const [measure, second] = measures;
  const found: ReportSection[] = [];
  if (measure !== undefined) {
    if (time !== undefined) found.push(overTime(source, measure, time));
    if (category !== undefined) found.push(byCategory(source, measure, category));
    found.push(distribution(source, measure));
  }
  if (category !== undefined) found.push(rowsByCategory(source, category));
  if (measure !== undefined && second !== undefined) found.push(together(source, measure, second));
  return found.length > 0 ? found : [firstRows(source)];
}

function overTime(source: string, measure: LoadedColumn, time: LoadedColumn): ReportSection {
  const step = stepOf(time);
  const period = step === undefined ? name(time) : `date_trunc('${step}', ${name(time)})`;
  return {
    id: `${source}-trend`,
    title: `${label(source)}: ${label(measure.name)} over time`,
    question: `How does the average ${label(measure.name)} change${step === undefined ? "" : ` by ${step}`}?`,
    query: `SELECT ${period} AS ${step ?? "year"}, avg(${name(measure)}) AS average, count(*) AS rows FROM ${source} WHERE ${name(time)} IS NOT NULL AND ${name(measure)} IS NOT NULL GROUP BY ALL ORDER BY 1`,
    chart: { type: "line", x: step ?? "year", y: "average", yUnit: unitOf(measure) },
    optional: true,
  };
}

function byCategory(source: string, measure: LoadedColumn, category: LoadedColumn): ReportSection {
  return {
    id: `${source}-compare`,
    title: `${label(source)}: ${label(measure.name)} by ${label(category.name)}`,
    question: `Which ${label(category.name)} has the highest average ${label(measure.name)}?`,
    query: `SELECT ${name(category)} AS category, avg(${name(measure)}) AS average, count(*) AS rows FROM ${source} WHERE ${name(measure)} IS NOT NULL GROUP BY ALL ORDER BY average DESC, category`,
    chart: { type: "bar", x: "category", y: "average", yUnit: unitOf(measure) },
    optional: true,
  };
}

function distribution(source: string, measure: LoadedColumn): ReportSection {
  const extent = Number(measure.max) - Number(measure.min);
  const step = extent / countedOneByOne;
  const isCoarse = measure.distinct > countedOneByOne && Number.isFinite(step) && step > 0;
  const value = isCoarse ? `round(${name(measure)} / ${step}) * ${step}` : name(measure);
  return {
    id: `${source}-distribution`,
    title: `${label(source)}: how ${label(measure.name)} is distributed`,
    question: `Which values of ${label(measure.name)} are usual?`,
    query: `SELECT ${value} AS value, count(*) AS rows FROM ${source} WHERE ${name(measure)} IS NOT NULL GROUP BY ALL ORDER BY 1`,
    chart: { type: "histogram", x: "value", y: "rows", xUnit: unitOf(measure) },
    optional: true,
  };
}

function rowsByCategory(source: string, category: LoadedColumn): ReportSection {
  return {
    id: `${source}-counts`,
    title: `${label(source)}: rows by ${label(category.name)}`,
    question: `How many rows does each ${label(category.name)} have?`,
    query: `SELECT ${name(category)} AS category, count(*) AS rows FROM ${source} GROUP BY ALL ORDER BY rows DESC, category`,
    chart: { type: "bar", x: "category", y: "rows" },
    optional: true,
  };
}

function together(source: string, one: LoadedColumn, other: LoadedColumn): ReportSection {
  return {
    id: `${source}-relation`,
    title: `${label(source)}: ${label(one.name)} and ${label(other.name)}`,
    question: `Do ${label(one.name)} and ${label(other.name)} go together?`,
    query: `SELECT ${name(one)} AS x, ${name(other)} AS y FROM ${source} WHERE ${name(one)} IS NOT NULL AND ${name(other)} IS NOT NULL ORDER BY 1, 2`,
    chart: {
      type: "scatter",
      x: "x",
      y: "y",
      xUnit: unitOf(one),
      yUnit: unitOf(other),
    },
    optional: true,
  };
}

/** For files that hold nothing that can be measured or grouped. */
function firstRows(source: string): ReportSection {
  return {
    id: `${source}-rows`,
    title: `${label(source)}: first rows`,
    query: `SELECT * FROM ${source} LIMIT 20`,
    optional: true,
  };
}

/** Units are not known, but which column an axis is about is. */
function unitOf({ name: column }: LoadedColumn): string {
  return label(column).slice(0, 40);
}

function isTime({ name: column, type, distinct, min, max }: LoadedColumn): boolean {
  if (distinct < 2) return false;
  if (type === "DATE" || type.startsWith("TIMESTAMP")) return true;
  const isYear = /year/i.test(column) && isNumber(type);
  return isYear && Number(min) >= 1000 && Number(max) <= 2999;
}

function isMeasure({ name: column, type, distinct }: LoadedColumn): boolean {
  // Some numbers are names.
  const isName = /(^|[^a-z])(id|code|key|zip|index)$/i.test(column);
  return isNumber(type) && distinct >= fewestMeasures && !isName;
}

function isCategory({ type, distinct }: LoadedColumn, rows: number): boolean {
  const repeats = distinct * 2 <= rows;
  return (
    type === "VARCHAR" && distinct >= fewestCategories && distinct <= mostCategories && repeats
  );
}

function isNumber(type: string): boolean {
  return isWhole(type) || /^(FLOAT|DOUBLE|DECIMAL)/.test(type);
}

function isWhole(type: string): boolean {
  return /^U?((TINY|SMALL|BIG|HUGE)INT|INTEGER)$/.test(type);
}

/** The calendar step that gives a readable number of points; none for years that are numbers already. */
function stepOf({ type, min, max }: LoadedColumn): "year" | "month" | "day" | "hour" | undefined {
  if (isNumber(type)) return undefined;
  const days = (Date.parse(max ?? "") - Date.parse(min ?? "")) / 86_400_000;
  if (days >= 365 * 8) return "year";
  if (days >= 120) return "month";
  return days >= 4 ? "day" : "hour";
}

function name(column: LoadedColumn): string {
  return `"${column.name.replaceAll('"', '""')}"`;
}

/** A name as it is read, without what only programs need. */
function label(text: string): string {
  return text.replaceAll(/[_\s]+/g, " ").trim();
}
