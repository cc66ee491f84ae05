import type { Flow, FlowTask } from "@troupe/orchestration";
import { type ReportGoal, type ReportSection, reportName, sourcesIn } from "./goal.ts";

/** A report goal whose questions are known: written in it, or outlined from its files. */
export interface PlannedReport extends ReportGoal {
  readonly sections: ReportSection[];
}

/** A query that takes longer has failed, milliseconds. */
const queryTimeoutMs = 300_000;
/** Drawing and counting takes moments. */
const shortTimeoutMs = 60_000;
/** What fails for a reason of the moment, such as a lost node, is tried again so often. */
const retry = { limit: 2, delayMs: 200 };

type Edge = FlowTask["dependsOn"][number];

/**
 * The work that comes before the questions, when the goal has none: each file is loaded. What these tasks
 * find out is what `outline` needs; the same tasks stand in the report's flow, under the same names,
 * and find their work done.
 */
export function loadFlow(goal: ReportGoal): Flow {
  return { tasks: loadTasks(goal) };
}

/**
 * The work of a report: each file is loaded, each section's query is run over those that it names, its
 * rows are drawn and summarised at the same time, and all is put together. What fails for a section
 * that is optional leaves a note in the report; for any other it fails the goal.
 */
export function reportFlow(goal: PlannedReport): Flow {
  const { title, sources, sections } = goal;
  const names = Object.keys(sources);
  return {
    tasks: [
      ...loadTasks(goal),
      ...sections.flatMap((section) => sectionTasks(section, names)),
      {
        id: "assemble",
        type: "assemble",
        input: {
          title,
          output: reportName(goal),
          sources: names.map((name) => ({
            name,
            path: sources[name] ?? "",
            task: loadTask(name),
            loaded: { $from: loadTask(name) },
          })),
          sections: sections.map(sectionParts),
        },
        dependsOn: [
          ...names.map((name) => tolerating(loadTask(name), isNeeded(name, goal))),
          ...sections.flatMap((section) =>
            tasksOf(section).map((task) => tolerating(task, section.optional !== true)),
          ),
        ],
        retry,
        timeoutMs: shortTimeoutMs,
      },
    ],
  };
}

function loadTasks({ sources }: ReportGoal): FlowTask[] {
  return Object.entries(sources).map(([name, path]) => ({
    id: loadTask(name),
    type: "load",
    input: { path },
    dependsOn: [],
    retry,
  }));
}

function sectionTasks(section: ReportSection, names: readonly string[]): FlowTask[] {
  const { id, title, query, chart } = section;
  const used = sourcesIn(query, names);
  const rows = { $from: `query-${id}`, at: "rows" };
  const charts: FlowTask[] =
    chart === undefined
      ? []
      : [
          {
            id: `chart-${id}`,
            type: "chart",
            input: { rows, title, chart },
            dependsOn: [`query-${id}`],
            retry,
            timeoutMs: shortTimeoutMs,
          },
        ];
  return [
    {
      id: `query-${id}`,
      type: "query",
      input: {
        sql: query,
        sources: Object.fromEntries(
          used.map((name) => [name, { $from: loadTask(name), at: "table" }]),
        ),
      },
      dependsOn: used.map(loadTask),
      retry,
      timeoutMs: queryTimeoutMs,
    },
    ...charts,
    {
      id: `summarise-${id}`,
      type: "summarise",
      input: { rows, ...(chart === undefined ? {} : { chart }) },
      dependsOn: [`query-${id}`],
      retry,
      timeoutMs: shortTimeoutMs,
    },
  ];
}

/** What the report is told of a section: its words, and what its tasks found out. */
function sectionParts(section: ReportSection) {
  const { id, title, question, query, chart } = section;
  return {
    id,
    title,
    ...(question === undefined ? {} : { question }),
    query,
    rows: { $from: `query-${id}`, at: "rows" },
    findings: { $from: `summarise-${id}`, at: "findings" },
    ...(chart === undefined ? {} : { chart, picture: { $from: `chart-${id}`, at: "picture" } }),
  };
}

function tasksOf({ id, chart }: ReportSection): readonly string[] {
  return [`query-${id}`, ...(chart === undefined ? [] : [`chart-${id}`]), `summarise-${id}`];
}

export function loadTask(source: string): string {
  return `load-${source}`;
}

function tolerating(task: string, isRequired: boolean): Edge {
  return { task, onFailure: isRequired ? "fail" : "continue" };
}

/** A file that only optional sections ask for can be done without. */
function isNeeded(name: string, { sources, sections }: PlannedReport): boolean {
  const users = sections.filter(({ query }) =>
    sourcesIn(query, Object.keys(sources)).includes(name),
  );
  return users.length === 0 || users.some(({ optional }) => optional !== true);
}
