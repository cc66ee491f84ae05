import { type Cell, readTable, type Table } from "../table.ts";
import { type Form, forms } from "./forms.ts";
import { made } from "./made.ts";

/** A file that the second corruptor damages. */
export interface Sample {
  readonly name: string;
  readonly form: Form;
  /** No rule or threshold was looked at with it under this corruptor. */
  readonly held: boolean;
  readonly table: (folder: string) => Table;
}

const tuning = [
  "barley.json",
  "birdstrikes.csv",
  "cars.json",
  "co2-concentration.csv",
  "disasters.csv",
  "flights-2k.json",
  "gapminder-health-income.csv",
  "github.csv",
  "la-riots.csv",
  "ohlc.json",
  "penguins.json",
  "seattle-weather.csv",
  "stocks.csv",
  "zipcodes.csv",
];
const held = [
  "anscombe.json",
  "budget.json",
  "burtin.json",
  "flights-airport.csv",
  "football.json",
  "global-temp.csv",
  "jobs.json",
  "monarchs.json",
  "movies.json",
  "normal-2d.json",
  "platformer-terrain.json",
  "political-contributions.json",
  "population_engineers_hurricanes.csv",
  "sp500.csv",
  "udistrict.json",
  "uniform-2d.json",
  "us-employment.csv",
  "weather.csv",
  "windvectors.csv",
];
const heldTables = [
  "accounts (made)",
  "ledger, parts and totals (made)",
  "staff, short (made)",
  "catalogue, long texts (made)",
];

const formOf = (at: number): Form => forms[at % forms.length] as Form;

/** Files of vega-datasets and tables that are made, each in a form of its own. */
export const samples: readonly Sample[] = [
  ...[...tuning, ...held].map((name, at) => ({
    name,
    form: formOf(at),
    held: held.includes(name),
    table: (folder: string) => readTable(folder, name),
  })),
  ...Object.entries(made).map(([name, make], at) => ({
    name,
    form: formOf(at + 2),
    held: heldTables.includes(name),
    table: make,
  })),
  {
    name: "birdstrikes.csv, first 40 rows",
    form: formOf(0),
    held: true,
    table: (folder: string) => first(readTable(folder, "birdstrikes.csv"), 40),
  },
  {
    name: "la-riots.csv, first 30 rows",
    form: formOf(1),
    held: false,
    table: (folder: string) => first(readTable(folder, "la-riots.csv"), 30),
  },
];

function first({ names, rows }: Table, count: number): Table {
  return { names, rows: rows.slice(0, count) as readonly (readonly Cell[])[] };
}
