import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** What the last word of a name, or its only one, says about the values. */
type Expectation = "numbers" | "words" | "times";

const quantities =
  "age amount area balance cost count depth distance duration elevation gallon height horsepower income latitude lat length longitude lon max maximum mean median miles min minimum perc percent percentage population precipitation pressure price quantity rate ratio revenue salary score speed sum temp temperature total volume weight width wind yield";
const named =
  "author city comment country county description destination director email genre name origin region species street title";
const times = "date datetime day timestamp";

const expectations: ReadonlyMap<string, Expectation> = new Map(
  (
    [
      [quantities, "numbers"],
      [named, "words"],
      [times, "times"],
    ] as const
  ).flatMap(([words, expected]) => words.split(" ").map((word) => [word, expected] as const)),
);

/** Share of values with digits, or with letters, below which a column has none. */
const hardly = 0.05;
/** Names that must fit once the header is moved back. */
const fewestNames = 2;

/** What a column holds, whatever its name. */
interface Content {
  readonly name: string;
  readonly kind: SurveyColumn["kind"];
  /** Share of values with a digit. */
  readonly digits: number;
  /** Share of values with a letter. */
  readonly letters: number;
}

/** Finds a header that is one column off: its names do not fit what is below them, and all fit what is beside it. */
export async function inspectHeader(survey: Survey): Promise<readonly Suspicion[]> {
  const { columns } = survey;
  if (columns.length < 3 || survey.rows < 5) return [];
  const [row = {}] = await survey.engine.rows(
    `SELECT ${columns.map(({ text, index }) => `count(*) FILTER (regexp_matches(${text}, '[0-9]'))::DOUBLE AS d${index}, count(*) FILTER (regexp_matches(${text}, '\\p{L}'))::DOUBLE AS l${index}`).join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  const moved = movedHeader(
    columns.map(({ name, kind, index, present }) => ({
      name,
      kind,
      digits: Number(row[`d${index}`]) / Math.max(1, present),
      letters: Number(row[`l${index}`]) / Math.max(1, present),
    })),
  );
  if (moved === undefined) return [];
  const { by, misfits } = moved;
  return [
    {
      rule: "header",
      columns: columns.map(({ name }) => name),
      rows: `SELECT _row FROM ${survey.table}`,
      score: 0.7 + 0.25 * (1 - 1 / misfits.length),
      evidence: `${misfits.map((name) => `'${name}'`).join(" and ")} ${misfits.length === 1 ? "does" : "do"} not hold what the name says; all names fit the column to their ${by === 1 ? "right" : "left"}`,
      shown: columns[0]?.text ?? "_row",
    },
  ];
}

/** How far the names are from what they name, and those that show it; nothing when they fit, or fit nowhere. */
function movedHeader(
  contents: readonly Content[],
): { readonly by: 1 | -1; readonly misfits: readonly string[] } | undefined {
  const expected = contents.map(({ name }) => expectationOf(name));
  const misfitsWhen = (by: number): readonly string[] =>
    contents.flatMap(({ name }, at) => {
      const content = contents.at((at + by) % contents.length);
      const expectation = expected[at];
      return content === undefined || expectation === undefined || fits(expectation, content)
        ? []
        : [name];
    });
  const misfits = misfitsWhen(0);
  const known = expected.filter((one) => one !== undefined).length;
  if (misfits.length === 0 || known < Math.max(fewestNames, misfits.length)) return undefined;
  const by = ([1, -1] as const).find((one) => misfitsWhen(one).length === 0);
  return by === undefined ? undefined : { by, misfits };
}

function expectationOf(name: string): Expectation | undefined {
  // A unit may stand behind: 'Body Mass (g)'.
  const words = name
    .replaceAll(/[([].*$/g, "")
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== "");
  return expectations.get(words.at(-1) ?? "");
}

function fits(expectation: Expectation, { kind, digits, letters }: Content): boolean {
  switch (expectation) {
    case "numbers":
      return kind !== "date" && digits >= hardly;
    case "words":
      return letters >= hardly && kind !== "date";
    case "times":
      return digits >= hardly;
  }
}
