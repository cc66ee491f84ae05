export { type Engine, type EngineOptions, openEngine, type Row } from "./engine/engine.ts";
export {
  DataError,
  InterruptedError,
  NothingToDrawError,
  QualityError,
  QueryFailedError,
  QueryResultTooLargeError,
  RowCountError,
  SourceEmptyError,
  SourceForbiddenError,
  SourceFormatError,
  SourceNotFoundError,
  SourceUnreadableError,
  StatementForbiddenError,
  StudyColumnError,
} from "./errors.ts";
export { type ColumnProfile, type Profile, profileSchema } from "./profile/profile-schema.ts";
export { profileSource } from "./profile/profile-source.ts";
export { type Published, publishDataset, publishedSchema } from "./publish/publish-dataset.ts";
export {
  type Decisions,
  decisionsSchema,
  type ReportInput,
  type RowCounts,
  rowCountsSchema,
} from "./report/report-input.ts";
export { diagnoseTimes, type TimeDiagnosis, type TimeEvidence } from "./rules/century-slip.ts";
export { checkQuality } from "./rules/check-quality.ts";
export { inferRules } from "./rules/infer-rules.ts";
export {
  type Finding,
  findingSchema,
  type Quality,
  type QualityRule,
  qualitySchema,
  ruleSchema,
} from "./rules/rule.ts";
export { type ColumnSchema, columnKey, columnSchema, widest } from "./schema/column-schema.ts";
export { type ColumnJudgement, judgeColumn } from "./schema/judge-column.ts";
export { type Lens, lenses } from "./schema/lens.ts";
export { proposeSchema } from "./schema/propose-schema.ts";
export { describeSource } from "./source/describe-source.ts";
export { type Source, scan, sourceSchema } from "./source/source.ts";
export { type Chart, drawChart } from "./study/chart.ts";
export { type ChartSpec, chartSpecSchema } from "./study/chart-spec.ts";
export { type StudyFinding, studyFindingSchema } from "./study/finding.ts";
export { type Loaded, type LoadedColumn, loadedSchema, loadSource } from "./study/load-source.ts";
export { type PublishedStudy, publishedStudySchema, publishStudy } from "./study/publish-study.ts";
export { renderHtml } from "./study/render-html.ts";
export { renderMarkdown } from "./study/render-markdown.ts";
export { type QueryInput, runQuery } from "./study/run-query.ts";
export { impliedChart, type Series, seriesOf } from "./study/series.ts";
export { type Study, type StudySection, studySchema } from "./study/study.ts";
export { summariseSeries } from "./study/summarise-series.ts";
export { type Table, tableSchema } from "./study/table.ts";
export { deduplicateDataset, duplicatesAreErrors } from "./tasks/deduplicate.ts";
export { normaliseDataset } from "./tasks/normalise.ts";
export { type Reason, reasonSchema, type Version, versionSchema } from "./tasks/outcome.ts";
export { stageDataset } from "./tasks/stage.ts";
export { validateColumn } from "./tasks/validate.ts";
