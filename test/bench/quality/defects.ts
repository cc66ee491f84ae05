import type { Fault } from "@troupe/data";

/**
 * What is wrong with the undamaged files themselves, as read by hand in the rows that take part: findings of it are neither
 * right nor wrong. What is not listed here is a false alarm, be it ever so remarkable.
 */
interface Defect {
  /** The file's name begins so. */
  readonly file: string;
  readonly rules: readonly string[];
  /** One of the finding's columns. */
  readonly column: string;
  readonly evidence: string;
}

const missing = (file: string, ...columns: readonly string[]): readonly Defect[] =>
  columns.map((column) => ({
    file,
    rules: ["missing-value", "missing-run"],
    column,
    evidence: "values are missing where other rows have them",
  }));

const defects: readonly Defect[] = [
  {
    file: "cars.json",
    rules: ["word-variant"],
    column: "Name",
    evidence: "'toyouta corona mark ii (sw)' and 'vokswagen rabbit'",
  },
  {
    file: "political-contributions.json",
    rules: ["explained"],
    column: "Total_Disbursements",
    evidence: "530 at the beginning, nothing received, nothing spent, and nothing at the end",
  },
  {
    file: "airports.csv",
    rules: ["spacing"],
    column: "name",
    evidence: "'Moton  Municipal' and two more have two spaces in a row",
  },
  {
    file: "airports.csv",
    rules: ["placeholder"],
    column: "state",
    evidence: "six airports abroad have 'NA' for city and state",
  },
  {
    file: "airports.csv",
    rules: ["shape", "rare-category"],
    column: "country",
    evidence: "'Thailand' and 'Palau' in words, where all others are 'USA'",
  },
  {
    file: "birdstrikes.csv",
    rules: ["spacing"],
    column: "Aircraft Make Model",
    evidence: "'BE-58  BARON' and 'BE-90  KING' have two spaces in a row",
  },
  {
    file: "birdstrikes.csv",
    rules: ["duplicate-row"],
    column: "Flight Date",
    evidence: "a strike at Atlantic City is there twice, equal in all columns",
  },
  {
    file: "cars.json",
    rules: ["category-variant"],
    column: "Name",
    evidence: "'audi 100 ls' and 'audi 100ls' are one model",
  },
  {
    file: "cars.json",
    rules: ["letter-case"],
    column: "Name",
    evidence: "'honda Accelerationord': 'acc' in 'accord' was replaced by the name of a column",
  },
  {
    file: "cars.json",
    rules: ["duplicate-row"],
    column: "Year",
    evidence: "one car is there twice with another year and nothing else different",
  },
  {
    file: "co2-concentration.csv",
    rules: ["step"],
    column: "Date",
    evidence: "June and October of 1958 and February to April of 1964 are missing",
  },
  {
    file: "la-riots.csv",
    rules: ["shape"],
    column: "last_name",
    evidence: "'Doe #80' stands for a name that nobody knew",
  },
  {
    file: "movies.json",
    rules: ["spacing"],
    column: "Title",
    evidence: "'Halloween:  The Curse of Michael Myers' has two spaces in a row",
  },
  {
    file: "movies.json",
    rules: ["shape", "odd-character"],
    column: "Director",
    evidence: 'quotation marks were doubled twice: \'Jeff ""King Jeff"" Hollins\'',
  },
  {
    file: "movies.json",
    rules: ["future-time", "outlier"],
    column: "Release Date",
    evidence: "films of 1915 to 1946 are dated a century late",
  },
  {
    file: "penguins.json",
    rules: ["placeholder", "rare-category", "shape"],
    column: "Sex",
    evidence: "'.' among MALE and FEMALE",
  },
  {
    file: "political-contributions.json",
    rules: ["spacing"],
    column: "Candidate_Name",
    evidence: "'STALLINGS, RICHARD ' ends with a space",
  },
  {
    file: "political-contributions.json",
    rules: ["shape", "misplaced"],
    column: "Candidate_State",
    evidence:
      "a candidate for president, with the state '00', among those for the House and the Senate",
  },
  {
    file: "sp500-2000.csv",
    rules: ["step"],
    column: "date",
    evidence: "four trading days of September 2001 are missing",
  },
  ...missing("cars.json", "Horsepower", "Miles_per_Gallon"),
  ...missing("earthquakes.json", "rms"),
  ...missing("football.json", "home_score", "away_score"),
  ...missing(
    "movies.json",
    "US Gross",
    "Creative Type",
    "Distributor",
    "MPAA Rating",
    "Major Genre",
  ),
  ...missing("la-riots.csv", "age"),
  ...missing("penguins.json", "Beak Length (mm)", "Sex"),
  ...missing("political-contributions.json", "Incumbent_Challenger_Status"),
  ...missing("wheat.json", "wages"),
  ...missing("birdstrikes.csv, first 40 rows", "Speed IAS in knots"),
  ...missing("accounts (made)", "referred_by"),
];

/** Whether a finding in an undamaged file is a defect of that file. */
export function isDefect(
  file: string,
  { rule, columns }: Pick<Fault, "rule" | "columns">,
): boolean {
  return defects.some(
    (one) => file.startsWith(one.file) && one.rules.includes(rule) && columns.includes(one.column),
  );
}
