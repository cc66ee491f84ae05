export {
  type Check,
  type CheckFinding,
  checkFindingSchema,
  checkReportSchema,
  checkSchema,
  type Remedy,
  remedySchema,
} from "./checks/check.ts";
export { checkTable, designChecks } from "./checks/check-table.ts";
export {
  type Adapted,
  adaptedSchema,
  adaptSource,
  type DriftPolicy,
  driftPolicySchema,
  plainReadings,
  type Reading,
  readAs,
  refusedDrifts,
} from "./drift/adapt.ts";
export { compareSources, type Drift, driftSchema } from "./drift/drift.ts";
export { compareSchemas, type SchemaDrift, schemaDriftSchema } from "./drift/schema-drift.ts";
export {
  type KnownColumn,
  knownColumnSchema,
  knownColumns,
  nextSchemaVersion,
  readLatestVersion,
  type SchemaVersion,
  schemaVersionSchema,
} from "./drift/schema-version.ts";
export { schemaDriftInWords, valueDriftInWords } from "./drift/words.ts";
export { type Engine, type EngineOptions, openEngine, type Row } from "./engine/engine.ts";
export { removeDeadSpills } from "./engine/spill-folders.ts";
export { isInParts, parquet, partFile, partsPath } from "./engine/sql.ts";
export {
  DataError,
  DriftError,
  InterruptedError,
  KeyConflictError,
  NothingToDrawError,
  PipelineError,
  QualityError,
  QueryFailedError,
  QueryResultTooLargeError,
  RowCountError,
  RuleFileError,
  RuleInvalidError,
  SourceEmptyError,
  SourceForbiddenError,
  SourceFormatError,
  SourceNotFoundError,
  SourcesDifferError,
  SourcesNotFoundError,
  SourcesTooManyError,
  SourceUnreadableError,
  StatementForbiddenError,
  StudyColumnError,
  TargetError,
} from "./errors.ts";
export { type Fault, faultSchema } from "./inspect/fault.ts";
export {
  detectedFaultsSchema,
  type InspectOptions,
  inspectPart,
  inspectSource,
  joinFaults,
} from "./inspect/inspect-source.ts";
export { inspectionChoiceSchema, inspectionRuleSchema } from "./inspect/inspection-choice.ts";
export {
  type InspectionRule,
  type InspectionRuleId,
  inspectionRules,
} from "./inspect/inspection-rules.ts";
export {
  type OutputInput,
  outputFormatSchema,
  outputInputSchema,
  type PublishedOutput,
  publishedOutputSchema,
} from "./output/output-input.ts";
export { publishOutput } from "./output/publish-output.ts";
export { type Block, blocksOf, type JoinArm } from "./pipeline/blocks.ts";
export type { StoredTable } from "./pipeline/chain.ts";
export { dataTypeOf, storedAs } from "./pipeline/data-type.ts";
export { type Design, designPipeline, designSchema, tableColumnSchema } from "./pipeline/design.ts";
export { originSchema } from "./pipeline/origins.ts";
export {
  namedStepSchema,
  nameSteps,
  type Step,
  type StepDocument,
  type StepInput,
  stepOrder,
  stepSchema,
  tableNameSchema,
} from "./pipeline/step.ts";
export { joinedColumns, joinKeys, type TableColumn } from "./pipeline/step-sql.ts";
export { countRecords } from "./profile/count-records.ts";
export { isDateFormat } from "./profile/date-formats.ts";
export { measureVersion } from "./profile/measure-version.ts";
export { type ColumnCounts, countColumn } from "./profile/profile-column.ts";
export {
  type ColumnProfile,
  columnProfileSchema,
  emptyColumn,
  type Profile,
  profileSchema,
} from "./profile/profile-schema.ts";
export {
  extremesSchema,
  findExtremes,
  type ProfileDivision,
  profileSource,
} from "./profile/profile-source.ts";
export {
  lineageFacet,
  lineageProducer,
  type PublishedVersion,
  publishedOutput,
  runEventSchema,
} from "./publish/lineage.ts";
export { type Published, publishDataset, publishedSchema } from "./publish/publish-dataset.ts";
export {
  type Decisions,
  decisionsSchema,
  type ReportInput,
  type RowCounts,
  rowCountsSchema,
} from "./report/report-input.ts";
export { checkQuality } from "./rules/check-quality.ts";
export { inferRules } from "./rules/infer-rules.ts";
export { parseWrittenRules, readWrittenRules } from "./rules/read-rules.ts";
export {
  type Finding,
  findingSchema,
  type Quality,
  type QualityRule,
  qualitySchema,
  ruleSchema,
  type Treatment,
  treatments,
} from "./rules/rule.ts";
export {
  type FindingPlace,
  isTreatable,
  judgeTreatment,
  proposeTreatment,
} from "./rules/treat-finding.ts";
export { adoptRules, type WrittenRules, writtenRulesSchema } from "./rules/written-rules.ts";
export {
  type ColumnSchema,
  type ColumnType,
  columnKey,
  columnSchema,
  widest,
} from "./schema/column-schema.ts";
export { type ColumnJudgement, judgeColumn } from "./schema/judge-column.ts";
export { type Lens, lenses } from "./schema/lens.ts";
export { proposeSchema } from "./schema/propose-schema.ts";
export { describeSource, locateFile } from "./source/describe-source.ts";
export { describeSources, listFiles, sourceFileLimit } from "./source/describe-sources.ts";
export { encodingName, readingInWords } from "./source/encoding-words.ts";
export { nameAmong } from "./source/file-rows.ts";
export { needsNoMending } from "./source/mend-source.ts";
export { isPattern } from "./source/name-pattern.ts";
export { scan } from "./source/scan.ts";
export { nameInFile, type Source, sourceSchema, textFile } from "./source/source.ts";
export { type Chart, drawChart } from "./study/chart.ts";
export { type ChartSpec, chartSpecSchema } from "./study/chart-spec.ts";
export { type StudyFinding, studyFindingSchema } from "./study/finding.ts";
export { type Loaded, type LoadedColumn, loadedSchema, loadSource } from "./study/load-source.ts";
export { type PublishedStudy, publishedStudySchema, publishStudy } from "./study/publish-study.ts";
export { type QueryInput, runQuery } from "./study/run-query.ts";
export { impliedChart, type Series, seriesOf } from "./study/series.ts";
export { type Study, type StudySection, studySchema } from "./study/study.ts";
export { summariseSeries } from "./study/summarise-series.ts";
export { type Table, tableSchema } from "./study/table.ts";
export {
  fitTarget,
  type OutputColumn,
  outputColumnSchema,
  outputTypes,
  type Target,
  targetSchema,
} from "./target/target.ts";
export {
  type Computed,
  computedSchema,
  computeSteps,
  joinArm,
  type Partitioned,
  partitionedSchema,
  partitionTable,
} from "./tasks/compute.ts";
export { conformTable } from "./tasks/conform.ts";
export {
  deduplicateDataset,
  dropRows,
  duplicatesAreErrors,
  findRepeated,
} from "./tasks/deduplicate.ts";
export { inLittleMemory } from "./tasks/in-little-memory.ts";
export { joinParts } from "./tasks/join-parts.ts";
export { normaliseDataset } from "./tasks/normalise.ts";
export { type Reason, reasonSchema, type Version, versionSchema } from "./tasks/outcome.ts";
export { remedyRows } from "./tasks/remedy.ts";
export { stageDataset, stagedProfileSchema } from "./tasks/stage.ts";
export { validateColumn } from "./tasks/validate.ts";
