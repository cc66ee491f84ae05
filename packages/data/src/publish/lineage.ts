import type { ReportInput } from "../report/report-input.ts";
import { readingInWords } from "../source/encoding-words.ts";
import { nameInFile, originsIn, type SourceFile } from "../source/source.ts";

/** When and where a run took place. */
export interface Run {
  /** UUID of the run. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
}

/** Who says what OpenLineage events say. */
export const lineageProducer = "https://github.com/troupe/troupe";
/** What every event of a run conforms to. */
export const runEventSchema = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";

/** What every facet begins with: who says it, and which schema of OpenLineage it follows. */
export function lineageFacet(schema: string): { _producer: string; _schemaURL: string } {
  return { _producer: lineageProducer, _schemaURL: `https://openlineage.io/spec/facets/${schema}` };
}

/** A file that a published version came from: its path, and which columns it calls otherwise or does not have. */
type OriginFile = Pick<SourceFile, "path" | "renamed" | "absent">;

/** A column of a published version. */
interface OriginatedColumn {
  readonly name: string;
  readonly type: string;
  /** What it is called in the source; null when the source has none such. Default: as it is called itself. */
  readonly from?: string | null;
}

/** A published version of a dataset, and what it came from. */
export interface PublishedVersion {
  /** Path of the data. */
  readonly data: string;
  /** Files that it came from. */
  readonly sources: readonly OriginFile[];
  readonly columns: readonly OriginatedColumn[];
  /** What was done to rows, by column. */
  readonly reasons: ReportInput["reasons"];
  /** Rows in it. */
  readonly kept: number;
}

/**
 * A published version as an output dataset of OpenLineage: its schema, for each column the input column that it comes from
 * and what was done to it, and how many rows it has.
 */
export function publishedOutput({ data, sources, columns, reasons, kept }: PublishedVersion) {
  const originOf = ({ name, type, from = name }: OriginatedColumn) => ({
    inputFields: originsIn(sources, from).map(({ path, field }) => ({
      namespace: "file",
      name: path,
      field,
      transformations: [
        {
          type: "DIRECT",
          subtype: "TRANSFORMATION",
          description: [
            `read as ${type}`,
            ...reasons
              .filter(({ column }) => column === name)
              .map(({ reason, rows }) => `${rows} rows: ${reason}`),
          ].join("; "),
        },
      ],
    })),
  });
  return {
    namespace: "file",
    name: data,
    facets: {
      schema: {
        ...lineageFacet("1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet"),
        fields: columns.map(({ name, type }) => ({ name, type })),
      },
      columnLineage: {
        ...lineageFacet("1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet"),
        fields: Object.fromEntries(columns.map((column) => [column.name, originOf(column)])),
      },
    },
    outputFacets: outputStatistics(kept),
  };
}

/** How many rows an output has. */
function outputStatistics(rowCount: number) {
  const schema =
    "1-0-2/OutputStatisticsOutputDatasetFacet.json#/$defs/OutputStatisticsOutputDatasetFacet";
  return { outputStatistics: { ...lineageFacet(schema), rowCount } };
}

/** A dataset as OpenLineage names it. */
interface LineageDataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: unknown;
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
  return {
    eventType: "COMPLETE",
    eventTime: new Date(run.endedAt).toISOString(),
    producer: lineageProducer,
    schemaURL: runEventSchema,
    run: { runId: run.id },
    job: { namespace: "troupe", name: job },
    inputs,
    outputs: [{ ...output, outputFacets: outputStatistics(rows) }],
  };
}

/** What is to be known of an input, if anything. */
export function documented(description: string | undefined): Pick<LineageDataset, "facets"> {
  if (description === undefined) return {};
  const schema = "1-0-1/DocumentationDatasetFacet.json#/$defs/DocumentationDatasetFacet";
  return { facets: { documentation: { ...lineageFacet(schema), description } } };
}

/** The published version's origin as an OpenLineage run event: input files, output dataset, and its columns' origins. */
export function lineageEvent(input: ReportInput, run: Run, data: string): unknown {
  const { source } = input.profile;
  const files = source.files ?? [{ path: source.path }];
  const { dataset, schema, reasons, rows } = input;
  const columns = schema.map(({ name, type }) => ({
    name,
    type,
    from: nameInFile(source, name) ?? null,
  }));
  return runEvent(run, {
    job: `clean.${dataset}`,
    inputs: (source.files ?? [source]).map((file) => ({
      namespace: "file",
      name: file.path,
      ...documented(readingInWords(file)),
    })),
    output: publishedOutput({ data, sources: files, columns, reasons, kept: rows.kept }),
    rows: rows.kept,
  });
}
