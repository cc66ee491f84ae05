import { factors } from "./factors.ts";

/** A way in which numbers or days are written that are meant otherwise, and the way back. */
export interface Conversion {
  /** What was done to them, for people. */
  readonly words: string;
  /** What is meant by a value; nothing where it can't have come about so. */
  readonly back: (value: number) => number | undefined;
  /** The same for the database. */
  readonly sql: (value: string) => string;
  /** Nearly the same conversions that nobody makes: what they explain as well is no evidence. */
  readonly placebos: readonly ((value: number) => number | undefined)[];
}

/** How far a placebo is from the conversion that it stands beside. */
const aside = 1.2;

const scaled = (factor: number, words: string): Conversion => ({
  words,
  back: (value) => value / factor,
  sql: (value) => `(${value} / ${factor})`,
  placebos: [aside, 1 / aside].map((off) => (value: number) => (value / factor) * off),
});

/** Both ways between degrees Celsius and Fahrenheit; the placebos miss the offset. */
const degrees: readonly Conversion[] = [
  {
    words: "turned from degrees Celsius into degrees Fahrenheit",
    back: (value) => (value - 32) / 1.8,
    sql: (value) => `((${value} - 32) / 1.8)`,
    placebos: [(value) => (value - 32) / 1.4, (value) => (value - 32) / 2.3],
  },
  {
    words: "turned from degrees Fahrenheit into degrees Celsius",
    back: (value) => value * 1.8 + 32,
    sql: (value) => `(${value} * 1.8 + 32)`,
    placebos: [(value) => value * 1.4 + 32, (value) => value * 2.3 + 32],
  },
];

/** Conversions of numbers. */
export const ofNumbers: readonly Conversion[] = [
  ...factors
    .filter(({ common }) => common)
    .flatMap(({ factor, between }) => [
      scaled(factor, `multiplied by ${factor}, what lies between ${between}`),
      scaled(1 / factor, `divided by ${factor}, what lies between ${between}`),
    ]),
  ...degrees,
];

const dayLength = 86_400_000;

/** The day with month and day exchanged, days since 1970-01-01; nothing where there is none. */
function exchanged(day: number): number | undefined {
  const whole = Math.floor(day);
  const date = new Date(whole * dayLength);
  const [month, of] = [date.getUTCMonth() + 1, date.getUTCDate()];
  if (of > 12 || of === month) return undefined;
  return Date.UTC(date.getUTCFullYear(), of - 1, month) / dayLength + (day - whole);
}

/** Days that a placebo is off: no month is as short. */
const daysAside = 20;

const shifted =
  (by: number) =>
  (day: number): number | undefined => {
    const back = exchanged(day);
    return back === undefined ? undefined : back + by;
  };

/** Conversions of dates. */
export const ofDates: readonly Conversion[] = [
  {
    words: "written with day and month exchanged",
    back: exchanged,
    sql: (value) => {
      const date = `make_timestamp(CAST(floor(${value}) AS BIGINT) * 86400000000)`;
      return `(CASE WHEN day(${date}) <= 12 AND day(${date}) <> month(${date}) THEN date_diff('day', DATE '1970-01-01', make_date(year(${date}), day(${date}), month(${date}))) + ${value} - floor(${value}) END)`;
    },
    placebos: [shifted(daysAside), shifted(-daysAside)],
  },
];
