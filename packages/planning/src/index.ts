export {
  type Atom,
  type Condition,
  conditionText,
  different,
  either,
  equal,
  exists,
  type Fact,
  forall,
  implies,
  not,
  ofType,
  type Quantified,
  type Task,
  type Term,
} from "./domain/condition.ts";
export { buildDomain, defineDomain } from "./domain/define-domain.ts";
export type {
  ActionDefinition,
  AnyDomainDefinition,
  DomainDefinition,
  MethodDefinition,
  TaskDefinition,
} from "./domain/definition.ts";
export type { Action, CompoundTask, Domain, FactView, Measure, Method } from "./domain/domain.ts";
export {
  DomainError,
  ExperienceError,
  HddlError,
  PlanningError,
  ProblemError,
  RepairRequestError,
} from "./errors.ts";
export { type Beta, lowerCredibleBound, posteriorMean } from "./experience/beta.ts";
export {
  defaultHalfLifeMs,
  defaultPriorStrength,
  type Experience,
  noExperience,
  type Outcome,
  observe,
  type Prior,
  posterior,
  type Subject,
  type Tally,
} from "./experience/experience.ts";
export {
  experienceOf,
  type WithExperienceOptions,
  withExperience,
} from "./experience/with-experience.ts";
export {
  type ClassifiedFailure,
  classifyFailure,
  type FailureClass,
  type FailureStrategy,
  type ReportedFailure,
} from "./failure/classify-failure.ts";
export {
  decideReplanning,
  defaultReplanningPolicy,
  type FailureSituation,
  type ReplanningDecision,
  type ReplanningPolicy,
} from "./failure/decide-replanning.ts";
export { type PlanText, printPlan, readPlan } from "./hddl/plan-text.ts";
export { type HddlInput, readHddl } from "./hddl/read-hddl.ts";
export { verifyPlanText } from "./hddl/verify-plan-text.ts";
export type {
  CausalLink,
  Contingency,
  Observation,
  Plan,
  PlanPhases,
  PlanStep,
  PlanTask,
  StepRisk,
} from "./plan/plan.ts";
export { planFor } from "./plan/plan-for.ts";
export type {
  Blockage,
  PlanningProblem,
  PlanOptions,
  PlanOrder,
  TaskOrdering,
} from "./plan/problem.ts";
export type { LimitReached, NoPlan, PlanResult } from "./plan/result.ts";
export type { Reopened, RepairAttempt } from "./repair/reopen.ts";
export { type RepairResult, repairPlan } from "./repair/repair-plan.ts";
export type { RepairRequest } from "./repair/request.ts";
export { type TakenContingency, takeContingency } from "./repair/take-contingency.ts";
export { type Violation, verifyPlan } from "./verify/verify-plan.ts";
