/** A number that lies between two units of one quantity. */
export interface Factor {
  readonly factor: number;
  /** What it lies between, for people. */
  readonly between: string;
  /**
   * Whether single values are tried with it, too. Of few values rare factors explain some by chance; where a whole column
   * changes from a row on, they don't.
   */
  readonly common: boolean;
}

const of = (factor: number, between: string, common = true): Factor => ({
  factor,
  between,
  common,
});

/** Factors between units of one quantity. */
export const factors: readonly Factor[] = [
  of(1000, "a unit and its thousandth, or thousands"),
  of(1_000_000, "a unit and its millionth, or millions"),
  of(100, "a unit and its hundredth: cents, per cent, centimetres"),
  of(10, "a point and the place beside it"),
  of(60, "minutes and hours, or seconds and minutes"),
  of(24, "hours and days", false),
  of(12, "months and years, or inches and feet", false),
  of(2.54, "centimetres and inches"),
  of(25.4, "millimetres and inches"),
  of(3.280_84, "feet and metres"),
  of(1.609_344, "kilometres and miles"),
  of(2.204_62, "pounds and kilograms"),
  of(28.35, "grams and ounces", false),
  of(3.7854, "litres and gallons", false),
  of(3.6, "kilometres an hour and metres a second", false),
  of(1.852, "kilometres and nautical miles", false),
];
