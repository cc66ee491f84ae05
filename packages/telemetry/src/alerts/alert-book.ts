import { type Finding, keyOf } from "./condition.ts";
import type { Mark, Silence } from "./orders.ts";
import type { AlertRule, Severity } from "./rule.ts";

/** Changes of alerts remembered, newest kept. */
const historyLimit = 1000;
/** Alerts held at once for one rule; further groups of the same rule are left out. */
const alertsPerRule = 100;
/** What people said about an alert counts until its condition has been gone for this long, milliseconds. */
const goneMs = 300_000;

/** Something that a rule says is wrong. `pending`: its condition holds, but not for long enough yet. */
export interface Alert {
  /** The rule, the node and the labels: the same trouble has the same id. */
  readonly id: string;
  readonly rule: string;
  /** The node that saw it. */
  readonly node: string;
  readonly state: "pending" | "firing" | "resolved";
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  /** What was compared, at the last look. */
  readonly value: number;
  readonly summary: string;
  readonly runbook?: string;
  /** Milliseconds since the epoch: since when the condition holds, when it fired, when it was over. */
  readonly since: number;
  readonly firedAt?: number;
  readonly resolvedAt?: number;
  /** Nobody is told while it is silenced. */
  readonly silenced: boolean;
  /** Who sees to it, since when, and why: it is neither told again nor escalated. */
  readonly acknowledged?: { readonly at: number; readonly by: string; readonly reason: string };
  /** Steps of escalation taken. */
  readonly escalations: number;
}

/** Something that people are told. */
export interface Notice {
  readonly kind: "firing" | "repeated" | "escalated" | "resolved";
  readonly alert: Alert;
  /** Names of the handlers that tell them. */
  readonly handlers: readonly string[];
}

/** A change of an alert, as it is remembered. */
export interface AlertChange {
  readonly at: number;
  readonly change: "fired" | "escalated" | "acknowledged" | "resolved";
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly value: number;
  /** Who, when people did it. */
  readonly by?: string | undefined;
}

interface Held {
  readonly alert: Alert;
  /** When people were last told; undefined: they do not know. */
  readonly toldAt: number | undefined;
}

/** All that is known of alerts at one moment. Plain data. */
export interface AlertBook {
  readonly held: Readonly<Record<string, Held>>;
  /** Oldest first. */
  readonly history: readonly AlertChange[];
  /** Since when the conditions of alerts that people spoke about are gone. */
  readonly goneSince: Readonly<Record<string, number>>;
}

export const emptyBook: AlertBook = { held: {}, history: [], goneSince: {} };

/** What the rules found at one look. */
export interface Look {
  /** The node that looked. */
  readonly node: string;
  readonly rules: readonly AlertRule[];
  readonly findings: (rule: AlertRule) => readonly Finding[];
  readonly silences: readonly Silence[];
  /** What people said about alerts, by their ids. */
  readonly marks: Readonly<Record<string, Mark>>;
  /** Names of all handlers there are. */
  readonly handlers: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * What a look at the rules leads to: which alerts there are now, and what people are told. An alert is
 * told when it fires, and not again until it is repeated, escalated or over; a silenced one when its
 * silence ends; an acknowledged one when it is over; one that people resolved is over, and stays so until its
 * condition has been gone for five minutes. Depends on nothing but its arguments.
 *
 * @returns `gone`: alerts about which what people said counts no more
 */
export function lookAgain(
  book: AlertBook,
  look: Look,
): {
  readonly book: AlertBook;
  readonly notices: readonly Notice[];
  readonly gone: readonly string[];
} {
  const held: Record<string, Held> = {};
  const notices: Notice[] = [];
  const changes: AlertChange[] = [];
  const present = new Set<string>();
  const change = (what: AlertChange["change"], { id, rule, severity, value }: Alert): void => {
    const by = what === look.marks[id]?.what ? { by: look.marks[id].by } : {};
    changes.push({ at: look.now, change: what, id, rule, severity, value, ...by });
  };
  for (const rule of look.rules) {
    for (const finding of look.findings(rule).slice(0, alertsPerRule)) {
      const id = `${rule.name}@${look.node}${keyOf(finding.labels)}`;
      present.add(id);
      if (look.marks[id]?.what === "resolved") continue;
      const before = book.held[id];
      const step = advance(rule, finding, id, before, look);
      held[id] = step.held;
      if (step.notice !== undefined) notices.push(step.notice);
      for (const what of step.changes) change(what, step.held.alert);
    }
  }
  for (const [id, { alert, toldAt }] of Object.entries(book.held)) {
    if (held[id] !== undefined || alert.state === "pending") continue;
    const resolved: Alert = { ...alert, state: "resolved", resolvedAt: look.now };
    change("resolved", resolved);
    // Who was not told that it began need not be told that it is over.
    const rule = look.rules.find(({ name }) => name === alert.rule);
    if (toldAt !== undefined && !isSilenced(alert, look)) {
      const handlers = rule === undefined ? look.handlers : toldBy(rule, alert, look);
      notices.push({ kind: "resolved", alert: resolved, handlers });
    }
  }
  const history = [...book.history, ...changes].slice(-historyLimit);
  const { goneSince, gone } = goneOf(book, look, present);
  return { book: { held, history, goneSince }, notices, gone };
}

/** Of the alerts that people spoke about, those whose condition is gone: since when, and which for long enough. */
function goneOf(
  book: AlertBook,
  { node, marks, now }: Look,
  present: ReadonlySet<string>,
): Pick<AlertBook, "goneSince"> & { readonly gone: readonly string[] } {
  const absent = Object.entries(marks)
    .filter(([id, mark]) => mark.node === node && !present.has(id))
    .map(([id]) => [id, book.goneSince[id] ?? now] as const);
  const gone = absent.filter(([, since]) => now - since >= goneMs).map(([id]) => id);
  return { goneSince: Object.fromEntries(absent), gone };
}

/** Those that fire or are about to, worst first. */
export function alertsIn({ held }: AlertBook): readonly Alert[] {
  const rank = { critical: 0, warning: 1, info: 2 };
  return Object.values(held)
    .map(({ alert }) => alert)
    .sort((a, b) => rank[a.severity] - rank[b.severity] || a.since - b.since);
}

interface Advance {
  readonly held: Held;
  readonly notice?: Notice;
  readonly changes: readonly AlertChange["change"][];
}

function advance(
  rule: AlertRule,
  { labels, value }: Finding,
  id: string,
  before: Held | undefined,
  look: Look,
): Advance {
  const { node, now } = look;
  const since = before?.alert.since ?? now;
  const fires = now - since >= rule.for * 1000;
  const firedAt = before?.alert.firedAt ?? (fires ? now : undefined);
  const mark = look.marks[id];
  const escalatedUntil = Math.min(now, mark?.at ?? now);
  const steps = firedAt === undefined ? [] : stepsTaken(rule, escalatedUntil - firedAt);
  const severity = steps.findLast((step) => step.severity !== undefined)?.severity ?? rule.severity;
  const alert: Alert = {
    id,
    rule: rule.name,
    node,
    state: firedAt === undefined ? "pending" : "firing",
    severity,
    labels,
    value,
    summary: fillIn(rule.summary, {
      ...labels,
      node,
      value: readable(value),
      percent: `${readable(value * 100)} %`,
    }),
    ...(rule.runbook === undefined ? {} : { runbook: rule.runbook }),
    since,
    ...(firedAt === undefined ? {} : { firedAt }),
    silenced: isSilenced({ rule: rule.name, labels, node }, look),
    ...(mark === undefined
      ? {}
      : { acknowledged: { at: mark.at, by: mark.by, reason: mark.reason } }),
    escalations: steps.length,
  };
  const isTakenOn = mark !== undefined && before?.alert.acknowledged === undefined;
  const hasFired = firedAt !== undefined && before?.alert.firedAt === undefined;
  const hasEscalated = steps.length > (before?.alert.escalations ?? 0);
  const changes: AlertChange["change"][] = [
    ...(hasFired ? (["fired"] as const) : []),
    ...(hasEscalated ? (["escalated"] as const) : []),
    ...(isTakenOn ? (["acknowledged"] as const) : []),
  ];
  // Who acknowledged it, knows of it, also after a restart of the node.
  const toldAt = before?.toldAt ?? mark?.at;
  const kind = noticeKind(rule, alert, toldAt, hasEscalated, now);
  if (kind === undefined) return { held: { alert, toldAt }, changes };
  return {
    held: { alert, toldAt: now },
    notice: { kind, alert, handlers: toldBy(rule, alert, look) },
    changes,
  };
}

function noticeKind(
  { repeat }: AlertRule,
  { state, silenced, acknowledged }: Alert,
  toldAt: number | undefined,
  hasEscalated: boolean,
  now: number,
): Notice["kind"] | undefined {
  if (state !== "firing" || silenced || acknowledged !== undefined) return undefined;
  if (toldAt === undefined) return "firing";
  if (hasEscalated) return "escalated";
  return repeat > 0 && now - toldAt >= repeat * 1000 ? "repeated" : undefined;
}

function stepsTaken({ escalate }: AlertRule, firingMs: number): AlertRule["escalate"] {
  return escalate
    .filter(({ after }) => firingMs >= after * 1000)
    .sort((one, other) => one.after - other.after);
}

/**
 * Who is told: those of the rule, or else all but those kept for its escalation, and then those of the
 * steps that were taken.
 */
function toldBy(
  { handlers, escalate }: AlertRule,
  { escalations }: Alert,
  look: Look,
): readonly string[] {
  const steps = [...escalate].sort((one, other) => one.after - other.after);
  const kept = new Set(steps.flatMap((step) => step.handlers));
  const first = handlers ?? look.handlers.filter((name) => !kept.has(name));
  return [...new Set([...first, ...steps.slice(0, escalations).flatMap((step) => step.handlers)])];
}

function isSilenced(
  { rule, labels, node }: Pick<Alert, "rule" | "labels" | "node">,
  { silences, now }: Look,
): boolean {
  return silences.some((silence) => {
    if (silence.until <= now || (silence.rule !== "*" && silence.rule !== rule)) return false;
    const own: Readonly<Record<string, string>> = { ...labels, node };
    return Object.entries(silence.labels).every(([name, value]) => own[name] === value);
  });
}

function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => values[name] ?? whole);
}

function readable(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}
