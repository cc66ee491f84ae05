import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Form, forms } from "../second/forms.ts";
import { readTable, type Table, tableOf } from "../table.ts";

/** A file that the third corruptor damages. */
export interface Sample {
  readonly name: string;
  readonly form: Form;
  readonly table: (folder: string) => Table;
}

/** Files, and how many rows are left out before the first: of long ones, other rows than the other corruptors take. */
const files: readonly (readonly [string, number])[] = [
  ["airports.csv", 1800],
  ["barley.json", 0],
  ["birdstrikes.csv", 6000],
  ["budget.json", 0],
  ["cars.json", 0],
  ["co2-concentration.csv", 0],
  ["countries.json", 0],
  ["crimea.json", 0],
  ["disasters.csv", 0],
  ["driving.json", 0],
  ["flights-5k.json", 2000],
  ["flights-airport.csv", 2500],
  ["football.json", 4000],
  ["gapminder.json", 0],
  ["github.csv", 0],
  ["income.json", 0],
  ["iowa-electricity.csv", 0],
  ["jobs.json", 3000],
  ["la-riots.csv", 0],
  ["monarchs.json", 0],
  ["movies.json", 1500],
  ["obesity.json", 0],
  ["ohlc.json", 0],
  ["penguins.json", 0],
  ["political-contributions.json", 0],
  ["population.json", 0],
  ["seattle-weather-hourly-normals.csv", 4000],
  ["seattle-weather.csv", 400],
  ["sp500-2000.csv", 3000],
  ["species.csv", 8000],
  ["stocks.csv", 0],
  ["udistrict.json", 0],
  ["unemployment-across-industries.json", 400],
  ["us-employment.csv", 0],
  ["us-state-capitals.json", 0],
  ["weather.csv", 1600],
  ["windvectors.csv", 2000],
  ["zipcodes.csv", 20_000],
];

interface Quakes {
  readonly features: readonly {
    readonly id: string;
    readonly properties: Readonly<Record<string, unknown>>;
    readonly geometry: { readonly coordinates: readonly number[] };
  }[];
}

/** Earthquakes, each as one record: addresses, codes, times in milliseconds, columns that are mostly empty. */
function quakes(folder: string): Table {
  const { features }: Quakes = JSON.parse(readFileSync(join(folder, "earthquakes.json"), "utf8"));
  const records = features.map(({ id, properties, geometry }) => {
    const [longitude, latitude, depth] = geometry.coordinates;
    return { id, ...properties, longitude, latitude, depth };
  });
  return tableOf(records);
}

const formOf = (at: number): Form => forms[at % forms.length] as Form;

/** Files of vega-datasets, each in a form of its own. */
export const samples: readonly Sample[] = [
  ...files.map(([name, from], at) => ({
    name: from === 0 ? name : `${name}, rows from ${from + 1}`,
    form: formOf(at),
    table: (folder: string) => readTable(folder, name, from),
  })),
  { name: "earthquakes.json", form: formOf(0), table: quakes },
];
