import type { Origin } from "../pipeline/origins.ts";
import { documented, lineageFacet, type Run, runEvent } from "../publish/lineage.ts";
import type { OutputReport } from "./output-input.ts";

/**
 * Where an output comes from as an OpenLineage run event: its sources, and for each of its columns the
 * columns of sources that it is made of, and how.
 *
 * @param data path of the published data
 * @param rows of the output
 */
export function outputLineage(report: OutputReport, run: Run, data: string, rows: number): unknown {
  const pathOf = (source: string) =>
    report.sources.find(({ name }) => name === source)?.path ?? source;
  const inputField = ({ source, column, how }: Origin) => ({
    namespace: "file",
    name: pathOf(source),
    field: column,
    transformations: [
      {
        type: "DIRECT",
        subtype: { same: "IDENTITY", computed: "TRANSFORMATION", aggregated: "AGGREGATION" }[how],
        description: { same: "taken as it is", computed: "computed", aggregated: "aggregated" }[
          how
        ],
      },
    ],
  });
  return runEvent(run, {
    job: `etl.${report.dataset}`,
    inputs: report.sources.map(({ path, note }) => ({
      namespace: "file",
      name: path,
      ...documented(note),
    })),
    output: {
      namespace: "file",
      name: data,
      facets: {
        schema: {
          ...lineageFacet("1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet"),
          fields: report.columns.map(({ name, type }) => ({ name, type })),
        },
        columnLineage: {
          ...lineageFacet("1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet"),
          fields: Object.fromEntries(
            report.columns.map(({ name }) => [
              name,
              { inputFields: (report.origins[name] ?? []).map(inputField) },
            ]),
          ),
        },
      },
    },
    rows,
  });
}
