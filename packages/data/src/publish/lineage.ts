import type { ReportInput } from "../report/report-input.ts";

/** When and where a run took place. */
export interface Run {
  /** UUID of the run. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
  /** Folder of the published version. */
  readonly folder: string;
}

const producer = "https://github.com/troupe/troupe";
const schemaUrl = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";

/** A dataset as OpenLineage names it. */
interface LineageDataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: unknown;
}

/** The head of a facet. */
export function lineageFacet(url: string) {
  return { _producer: producer, _schemaURL: `https://openlineage.io/spec/facets/${url}` };
}

/** A finished run as an OpenLineage run event. */
export function runEvent(
  run: Run,
  {
    job,
    inputs,
    output,
    rows,
  }: {
    readonly job: string;
    readonly inputs: readonly LineageDataset[];
    readonly output: LineageDataset;
    /** Of the output. */
    readonly rows: number;
  },
): unknown {
  const statistics = lineageFacet(
    "1-0-2/OutputStatisticsOutputDatasetFacet.json#/$defs/OutputStatisticsOutputDatasetFacet",
  );
  return {
    eventType: "COMPLETE",
    eventTime: new Date(run.endedAt).toISOString(),
    producer,
    schemaURL: schemaUrl,
    run: { runId: run.id },
    job: { namespace: "troupe", name: job },
    inputs,
    outputs: [{ ...output, outputFacets: { outputStatistics: { ...statistics, rowCount: rows } } }],
  };
}

/**
 * The published version's origin as an OpenLineage run event: input file, output dataset, and for
 * each output column the input column it comes from and what was done to it.
 */
export function lineageEvent(input: ReportInput, run: Run): unknown {
  const inputName = input.profile.source.path;
  return runEvent(run, {
    job: `clean.${input.dataset}`,
    inputs: [{ namespace: "file", name: inputName }],
    output: {
      namespace: "file",
      name: `${run.folder}/data.parquet`,
      facets: {
        schema: {
          ...lineageFacet("1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet"),
          fields: input.schema.map(({ name, type }) => ({ name, type })),
        },
        columnLineage: {
          ...lineageFacet("1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet"),
          fields: Object.fromEntries(
            input.schema.map(({ name, type }) => [
              name,
              {
                inputFields: [
                  {
                    namespace: "file",
                    name: inputName,
                    field: name,
                    transformations: [
                      {
                        type: "DIRECT",
                        subtype: "TRANSFORMATION",
                        description: [
                          `read as ${type}`,
                          ...input.reasons
                            .filter(({ column }) => column === name)
                            .map(({ reason, rows }) => `${rows} rows: ${reason}`),
                        ].join("; "),
                      },
                    ],
                  },
                ],
              },
            ]),
          ),
        },
      },
    },
    rows: input.rows.kept,
  });
}
