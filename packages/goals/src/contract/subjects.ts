/**
 * Every subject of the contract with clients, in one place. All begin with the deployment's prefix.
 * docs/contract.md describes them for clients in other languages.
 */
export interface Subjects {
  /** Goals are published here; captured durably. */
  readonly goals: string;
  /** Every durable decision about one goal, published by the server after it was stored. */
  events(goal: string): string;
  /** Every record of the agents that reason for one goal; the task's name is the last token, or the last ones. */
  agentEvents(goal: string): string;
  /** Events of all goals. */
  readonly allEvents: string;
  /** The final result of one goal; the last message is kept. */
  result(goal: string): string;
  /** Requests: the spans stored of one goal, page by page. */
  spans(goal: string): string;
  /** Requests: goals and commands that were refused, newest first. */
  readonly dead: string;
  /** What agents that reason do for goals, published by the server as it is stored. */
  readonly allSteps: string;
  /** Requests: the goals known, newest first. */
  readonly list: string;
  /** Requests: one goal's state. */
  show(goal: string): string;
  /** Requests: the decisions about one goal, page by page. */
  history(goal: string): string;
  /** Requests: what the agents that reason for one goal did, page by page. */
  trail(goal: string): string;
  /** Requests: stop a goal. */
  cancel(goal: string): string;
  /** What nodes listen on for the requests above. */
  readonly queries: string;
  readonly commands: string;
  /** Announcements between nodes that a goal has been taken in. */
  readonly accepted: string;
  /** Notices between nodes that cached results have been invalidated; no stream captures them. */
  readonly cacheNotices: string;
  /** Requests to all nodes about the cached results in their memory; each answers. */
  readonly cacheRequests: string;
}

/** The contract's subjects under one prefix. */
export function subjectsOf(prefix: string): Subjects {
  return {
    goals: `${prefix}.goals`,
    events: (goal) => `${prefix}.events.goal.${goal}`,
    agentEvents: (goal) => `${prefix}.events.agent.${goal}.>`,
    allEvents: `${prefix}.events.goal.*`,
    result: (goal) => `${prefix}.results.${goal}`,
    spans: (goal) => `${prefix}.query.spans.${goal}`,
    dead: `${prefix}.query.dead`,
    allSteps: `${prefix}.events.agent.>`,
    list: `${prefix}.query.goals`,
    show: (goal) => `${prefix}.query.goal.${goal}`,
    history: (goal) => `${prefix}.query.history.${goal}`,
    trail: (goal) => `${prefix}.query.trail.${goal}`,
    cancel: (goal) => `${prefix}.command.cancel.${goal}`,
    queries: `${prefix}.query.>`,
    commands: `${prefix}.command.>`,
    accepted: `${prefix}.intake.accepted`,
    cacheNotices: `${prefix}.cache-notices`,
    cacheRequests: `${prefix}.cache-requests`,
  };
}
