import { readFile, rename, writeFile } from "node:fs/promises";
import { defineTool, type Job, type Tool } from "@troupe/agents";
import {
  chartSpecSchema,
  describeSource,
  drawChart,
  type Engine,
  impliedChart,
  loadSource,
  publishStudy,
  runQuery,
  seriesOf,
  summariseSeries,
  type Table,
  tableSchema,
} from "@troupe/data";
import { z } from "zod";
import { outputNameSchema } from "../output-name.ts";
import { TaskFiles } from "../task-files.ts";
import { workFileSchema } from "../work-file.ts";
import { collectedSchema, collectStudy } from "./collect-study.ts";
import { noteFailure } from "./failure-note.ts";
import { type ReportResult, studyFacts } from "./result.ts";

/** What the tools of the reporting agents work with. */
export interface ReportToolOptions {
  readonly engine: Engine;
  /** Directories that goals may read. */
  readonly readable: readonly string[];
  /** Directory for intermediate files, shared by all nodes. */
  readonly workspace: string;
  /** Directory of published datasets and reports, shared by all nodes. */
  readonly datasets: string;
  /** Memory of one query; several may run at once, each with so much. Default 256. */
  readonly queryMemoryMb?: number;
  /** Most rows that are kept of a query. Default 10 000. */
  readonly queryRows?: number;
}

const loadInput = z.object({ path: z.string() });
const queryInput = z.object({
  sql: z.string(),
  sources: z.record(z.string(), workFileSchema),
});
const chartInput = z.object({ rows: workFileSchema, title: z.string(), chart: chartSpecSchema });
const summariseInput = z.object({ rows: workFileSchema, chart: chartSpecSchema.optional() });
const assembleInput = collectedSchema.extend({ output: outputNameSchema });

/** The tools of agents that write reports: one for each task type of `reportFlow`. */
export function reportTools(options: ReportToolOptions): readonly Tool[] {
  const {
    engine,
    readable,
    workspace,
    datasets,
    queryMemoryMb = 256,
    queryRows = 10_000,
  } = options;
  const at = (job: Job): TaskFiles => new TaskFiles(workspace, job);
  /** Kept beside the outputs: the outcome, so that a second run finds the first one's; or why there is none. */
  const once = async <Facts>(job: Job, run: () => Promise<Facts>): Promise<Facts> => {
    const files = at(job);
    try {
      return await files.once(run);
    } catch (error) {
      await noteFailure(files.folder, job.task, files.writer, error);
      throw error;
    }
  };
  const write = async (job: Job, name: string, text: string): Promise<string> => {
    const files = at(job);
    const temporary = files.path(`${name}.${files.writer}.tmp`);
    await writeFile(temporary, text);
    await rename(temporary, files.path(name));
    return name;
  };
  const readTable = async (job: Job, name: string): Promise<Table> =>
    tableSchema.parse(JSON.parse(await readFile(at(job).path(name), "utf8")));

  return [
    defineTool({
      type: "load",
      purpose: "brings a file into a table that queries can be run over, and tells what is in it",
      input: loadInput,
      run: ({ path }, job) =>
        once(job, async () => {
          const table = `${job.task}.parquet`;
          const source = await describeSource(path, readable);
          const output = at(job).path(table);
          const loaded = await loadSource(engine, source, output, at(job).writer, job.signal);
          return { ...loaded, table };
        }),
    }),
    defineTool({
      type: "query",
      purpose: "answers one SELECT over loaded tables, which is all that it can reach",
      input: queryInput,
      run: ({ sql, sources }, job) =>
        once(job, async () => {
          const table = await runQuery(
            {
              sql,
              sources: Object.fromEntries(
                Object.entries(sources).map(([name, file]) => [name, at(job).path(file)]),
              ),
              scratch: at(job).scratch,
              rowLimit: queryRows,
              memoryLimitMb: queryMemoryMb,
            },
            job.signal,
          );
          const rows = await write(job, `${job.task}.rows.json`, JSON.stringify(table));
          const columns = table.columns.map(({ name, type }) => ({ name, type }));
          return { rows, count: table.rows.length, truncated: table.truncated, columns };
        }),
    }),
    defineTool({
      type: "chart",
      purpose: "draws the rows of a query as a bar, line, scatter chart or histogram",
      input: chartInput,
      run: ({ rows, title, chart }, job) =>
        once(job, async () => {
          const series = seriesOf(await readTable(job, rows), chart);
          const { svg, drawn, points } = await drawChart(series, chart.type, title);
          return { picture: await write(job, `${job.task}.svg`, svg), drawn, points };
        }),
    }),
    defineTool({
      type: "summarise",
      purpose: "finds trends, changes, extremes and outliers in the rows of a query",
      input: summariseInput,
      run: ({ rows, chart }, job) =>
        once(job, async () => {
          const table = await readTable(job, rows);
          const spec = chart ?? impliedChart(table);
          if (spec === undefined) return { findings: [] };
          return { findings: summariseSeries(seriesOf(table, spec), spec.type) };
        }),
    }),
    defineTool({
      type: "assemble",
      purpose: "puts sections, charts and findings together and publishes the report",
      input: assembleInput,
      run: async (input, job) => {
        const folder = at(job).folder;
        const { output } = input;
        const study = await collectStudy(input, job.goal, folder);
        const published = await publishStudy(study, { datasets, output, attempt: at(job).writer });
        return { ...published, ...studyFacts(study, output) } satisfies ReportResult;
      },
    }),
  ];
}
