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

/**
 * The published version's origin as an OpenLineage run event: input file, output dataset, and for
 * each output column the input column it comes from and what was done to it.
 */
export function lineageEvent(input: ReportInput, run: Run): unknown {
  const inputName = input.profile.source.path;
  const facet = (url: string) => ({
    _producer: producer,
    _schemaURL: `https://openlineage.io/spec/facets/${url}`,
  });
  return {
    eventType: "COMPLETE",
    eventTime: new Date(run.endedAt).toISOString(),
    producer,
    schemaURL: schemaUrl,
    run: { runId: run.id },
    job: { namespace: "troupe", name: `clean.${input.dataset}` },
    inputs: [{ namespace: "file", name: inputName }],
    outputs: [
      {
        namespace: "file",
        name: `${run.folder}/data.parquet`,
        facets: {
          schema: {
            ...facet("1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet"),
            fields: input.schema.map(({ name, type }) => ({ name, type })),
          },
          columnLineage: {
            ...facet("1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet"),
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
        outputFacets: {
          outputStatistics: {
            ...facet(
              "1-0-2/OutputStatisticsOutputDatasetFacet.json#/$defs/OutputStatisticsOutputDatasetFacet",
            ),
            rowCount: input.rows.kept,
          },
        },
      },
    ],
  };
}
