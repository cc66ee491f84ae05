import { basename, join } from "node:path";
import {
  type ColumnSchema,
  checkQuality,
  columnKey,
  deduplicateDataset,
  describeSource,
  duplicatesAreErrors,
  type Engine,
  inferRules,
  judgeColumn,
  lenses,
  normaliseDataset,
  type Profile,
  type Published,
  profileSource,
  proposeSchema,
  publishDataset,
  type Quality,
  type QualityRule,
  type Reason,
  stageDataset,
  type Version,
  validateColumn,
  widest,
} from "./index.ts";

/** What three analysts would settle on: agreement, else a majority of their judgements, else text. */
async function settle(engine: Engine, profile: Profile): Promise<ColumnSchema[]> {
  const proposals = await Promise.all(
    lenses.map((lens) => proposeSchema(engine, profile, lens, 7)),
  );
  return Promise.all(
    profile.columns.map(async (_, index) => {
      const columns = proposals.flatMap((proposal) => proposal[index] ?? []);
      const alternatives = [...new Map(columns.map((one) => [columnKey(one), one])).values()];
      const [only] = alternatives;
      if (only !== undefined && alternatives.length === 1) return only;
      const votes = await Promise.all(
        lenses.map((lens) => judgeColumn(engine, profile, lens, alternatives, 7)),
      );
      const counts = alternatives.map(
        (_one, choice) => votes.filter((vote) => vote.choice === choice).length,
      );
      return alternatives[counts.indexOf(3)] ?? widest(alternatives);
    }),
  );
}

/** A file that was cleaned. */
interface Cleaned {
  readonly profile: Profile;
  readonly published: Published;
  readonly quality: Quality;
  readonly schema: readonly ColumnSchema[];
  readonly rules: readonly QualityRule[];
  readonly reasons: readonly Reason[];
  readonly steps: readonly string[];
}

/** A file to clean, and where to. */
interface Cleaning {
  readonly file: string;
  readonly readable: readonly string[];
  readonly directory: string;
  readonly referenceTime: number;
}

/** Takes a file all the way from the profile to the published dataset, as the agents do. For tests. */
export async function cleanFile(
  engine: Engine,
  { file, readable, directory, referenceTime }: Cleaning,
): Promise<Cleaned> {
  const attempt = "test";
  const source = await describeSource(file, readable);
  const profile = await profileSource(engine, source);
  const schema = await settle(engine, profile);
  const rules = inferRules(profile, schema);
  const name = basename(file).replaceAll(/[^A-Za-z0-9]/g, "-");
  const pathOf = (step: string) => join(directory, `${name}-${step}.parquet`);
  const versions: Version[] = [
    await stageDataset(engine, {
      profile,
      schema,
      output: pathOf("stage"),
      quarantine: pathOf("stage-q"),
      attempt,
    }),
  ];
  const steps = ["stage"];
  const latest = () => versions.at(-1)?.output ?? "";
  if (schema.some(({ type, placeholders }) => type === "text" && placeholders.length > 0)) {
    steps.push("normalise");
    versions.push(
      await normaliseDataset(engine, {
        input: latest(),
        schema,
        output: pathOf("normalise"),
        attempt,
      }),
    );
  }
  if (duplicatesAreErrors(profile)) {
    steps.push("deduplicate");
    versions.push(
      await deduplicateDataset(engine, {
        input: latest(),
        schema,
        output: pathOf("deduplicate"),
        attempt,
      }),
    );
  }
  let quality = await checkQuality(engine, { input: latest(), rules, referenceTime });
  for (const finding of quality.findings.filter(({ severity }) => severity === "block")) {
    steps.push(`validate ${finding.column}`);
    const step = `validate-${steps.length}`;
    versions.push(
      await validateColumn(engine, {
        input: latest(),
        output: pathOf(step),
        quarantine: pathOf(`${step}-q`),
        finding,
        referenceTime,
        attempt,
      }),
    );
    quality = await checkQuality(engine, { input: latest(), rules, referenceTime });
  }
  const reasons = versions.flatMap((version) => version.reasons);
  const published = await publishDataset(engine, {
    datasets: join(directory, "datasets"),
    input: latest(),
    staged: versions[0]?.output ?? "",
    quarantines: versions.flatMap(({ quarantine }) => quarantine ?? []),
    duplicates: versions.reduce((sum, { duplicates }) => sum + duplicates, 0),
    runId: "00000000-0000-8000-a000-000000000000",
    endedAt: referenceTime,
    attempt,
    report: {
      goal: "test",
      dataset: name,
      profile,
      schema,
      quality,
      reasons,
      decisions: { proposals: [], votes: [], awards: [], replannings: [] },
    },
  });
  return { profile, published, quality, schema, rules, reasons, steps };
}
