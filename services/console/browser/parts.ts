import type { GoalSummary } from "@troupe/goals";
import { hasEnded } from "@troupe/goals/phases";
import { html } from "htm/preact";
import type { ComponentChildren, VNode } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "./api.ts";
import { ago, duration } from "./format.ts";
import { changedGoals, now } from "./news.ts";
import { Link } from "./route.ts";
import { mayAct } from "./who.ts";

/** A state in a word, with a sign of its own, so that colour is not all that tells. */
const signs: Readonly<Record<string, string>> = {
  succeeded: "✓",
  done: "✓",
  healthy: "✓",
  pass: "✓",
  failed: "✕",
  unhealthy: "✕",
  fail: "✕",
  gone: "✕",
  critical: "✕",
  cancelled: "⊘",
  skipped: "⊘",
  expired: "⊘",
  asked: "?",
  waiting: "…",
  degraded: "!",
  warn: "!",
  warning: "!",
};
const tones: Readonly<Record<string, string>> = {
  succeeded: "good",
  done: "good",
  healthy: "good",
  pass: "good",
  running: "live",
  failed: "bad",
  unhealthy: "bad",
  fail: "bad",
  gone: "bad",
  critical: "bad",
  asked: "warn",
  degraded: "warn",
  warn: "warn",
  warning: "warn",
  "backing-off": "warn",
  compensating: "warn",
  analysing: "live",
  planning: "live",
  executing: "live",
  awarded: "live",
};

export function Badge({ state }: { readonly state: string }): VNode {
  const shown = state === "awarded" ? "running" : state;
  return html`<span class=${`badge ${tones[state] ?? "plain"}`}
    ><span aria-hidden="true">${signs[state] ?? "●"}</span> ${shown}</span
  >` as VNode;
}

export function Empty(props: {
  readonly title: string;
  readonly children?: ComponentChildren;
}): VNode {
  return html`<div class="empty"><strong>${props.title}</strong><p>${props.children}</p></div>` as VNode;
}

export function Trouble({ error }: { readonly error: ApiError }): VNode {
  return html`<div class="trouble" role="alert">
    <strong>${error.status === 404 ? "There is no such thing" : "This cannot be shown now"}</strong>
    <p>${error.message}</p>
  </div>` as VNode;
}

export function Skeleton({ rows = 4 }: { readonly rows?: number }): VNode {
  const bars = Array.from(
    { length: rows },
    (_, index) => html`<div class="bar" key=${index}></div>`,
  );
  return html`<div class="skeleton" aria-busy="true" aria-label="Loading">${bars}</div>` as VNode;
}

/** A button that asks once more before it does something, and says what came of it. */
export function ActButton(props: {
  readonly label: string;
  readonly sure?: string;
  readonly tone?: "plain" | "good" | "bad";
  readonly act: () => Promise<string>;
}): VNode | undefined {
  const [state, setState] = useState<"idle" | "sure" | "busy">("idle");
  const [said, setSaid] = useState("");
  // Who may only look is offered nothing that would be refused.
  if (!mayAct()) return undefined;
  const press = async (): Promise<void> => {
    if (props.sure !== undefined && state === "idle") return setState("sure");
    setState("busy");
    try {
      setSaid(await props.act());
    } catch (error) {
      setSaid(error instanceof ApiError ? error.message : "It did not work.");
    }
    setState("idle");
  };
  const label = state === "sure" ? props.sure : state === "busy" ? "…" : props.label;
  return html`<span class="act">
    <button
      class=${`button ${props.tone ?? "plain"} ${state === "sure" ? "sure" : ""}`}
      disabled=${state === "busy"}
      onClick=${press}
      onBlur=${() => state === "sure" && setState("idle")}
    >
      ${label}
    </button>
    <span class="said" role="status">${said}</span>
  </span>` as VNode;
}

/** How far a goal is, as a bar with words. */
export function Progress({ done, of }: { readonly done: number; readonly of: number }): VNode {
  return html`<span class="progress"
    ><progress max=${of || 1} value=${done} aria-label="tasks done"></progress>
    <span>${done} / ${of}</span></span
  >` as VNode;
}

/** Goals, one a row. On a narrow screen each is a card. */
export function GoalTable({ goals }: { readonly goals: readonly GoalSummary[] }): VNode {
  return html`<table class="goals stacked">
    <thead>
      <tr><th>Goal</th><th>State</th><th>Tasks</th><th>Node</th><th>Accepted</th><th>Took</th></tr>
    </thead>
    <tbody>
      ${goals.map(
        (goal) => html`<tr key=${goal.id} class=${changedGoals.value.has(goal.id) ? "fresh" : ""}>
          <td>
            <${Link} to=${`/goals/${encodeURIComponent(goal.id)}`}>${goal.id}<//>
            <span class="dim"> ${goal.kind}</span>
            ${goal.error === undefined ? "" : html`<div class="why">${goal.error}</div>`}
          </td>
          <td>
            <${Badge} state=${goal.phase} />
            ${
              goal.approvals > 0 && !hasEnded(goal)
                ? html` <span class="badge warn">? asks you</span>`
                : ""
            }
            ${goal.partial === true ? html` <span class="badge warn">partial</span>` : ""}
          </td>
          <td><${Progress} done=${goal.tasksDone} of=${goal.tasks} /></td>
          <td data-label="Node">${goal.node}</td>
          <td data-label="Accepted">${ago(goal.acceptedAt, now.value)}</td>
          <td data-label="Took">
            ${duration((!hasEnded(goal) ? now.value : goal.updatedAt) - goal.acceptedAt)}
          </td>
        </tr>`,
      )}
    </tbody>
  </table>` as VNode;
}

/** A heading with what is under it. */
export function Section(props: {
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly children?: ComponentChildren;
}): VNode {
  return html`<section class="panel" aria-label=${props.title}>
    <header><h2>${props.title}</h2><span class="dim">${props.aside}</span></header>
    ${props.children}
  </section>` as VNode;
}
