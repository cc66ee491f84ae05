import type { GoalEvent, GoalView } from "@troupe/goals";
import { hasEnded } from "@troupe/goals/phases";
import { html } from "htm/preact";
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get, post } from "../api.ts";
import { ago, clock, duration, moment, several } from "../format.ts";
import { useLoad } from "../load.ts";
import { concerns, now } from "../news.ts";
import { ActButton, Badge, Progress, Section, Skeleton, Trouble } from "../parts.ts";
import { publishAgain } from "../publish-again.ts";
import { Link } from "../route.ts";
import { mayAct, who } from "../who.ts";
import { attemptsOf } from "./attempts.ts";
import { CriticalPath, Untraced } from "./critical-path.ts";
import { eventText } from "./event-text.ts";
import { Gantt } from "./gantt.ts";
import { Lineage } from "./lineage.ts";
import { Outcome } from "./outcome.ts";
import { TaskGraph } from "./task-graph.ts";
import { Trails } from "./trails.ts";
import { Votes } from "./votes.ts";

/** Decisions shown, the newest. */
const shownEvents = 300;

/** One goal: its plan, what became of it, and what can be done about it. */
export function GoalPage({ id }: { readonly id: string }): VNode {
  const address = `/api/goals/${encodeURIComponent(id)}`;
  const { data: goal, error } = useLoad<GoalView>(address, () => concerns(id));
  const events = useHistory(address, goal?.updatedAt);
  const [chosen, choose] = useState("");
  if (goal === undefined) {
    return (
      error === undefined ? html`<${Skeleton} rows=${8} />` : html`<${Trouble} error=${error} />`
    ) as VNode;
  }
  const ended = hasEnded(goal);
  const to = ended ? goal.updatedAt : Math.max(now.value, goal.updatedAt);
  const critical = new Set(goal.criticalPath);
  const asked = ended ? [] : goal.task.filter(({ status }) => status === "asked");
  const task = goal.task.find((one) => one.id === chosen);
  return html`<p class="crumbs"><${Link} to="/goals">Goals<//></p>
    <header class="goal-head">
      <h1>${goal.id}</h1>
      <${Badge} state=${goal.phase} />
      ${goal.suspended && !ended ? html`<span class="badge warn">? sleeps until people answer</span>` : ""}
      ${goal.partial === true ? html`<span class="badge warn">partial</span>` : ""}
      <span class="actions">
        ${
          ended
            ? html`<${ActButton} label="Run again" sure="Publish it again?" act=${() => publishAgain(goal)} />`
            : html`<${ActButton} label="Cancel" sure="Really cancel?" tone="bad" act=${() => act(`${address}/cancel`, { by: who() }, "asked to stop")} />`
        }
      </span>
    </header>
    ${error === undefined ? "" : html`<${Trouble} error=${error} />`}
    <dl class="facts">
      <div><dt>Kind</dt><dd>${goal.kind}</dd></div>
      <div><dt>Node</dt><dd>${goal.node}${goal.resumed > 0 ? `, taken up ${several(goal.resumed, "time")}` : ""}</dd></div>
      <div><dt>Accepted</dt><dd title=${moment(goal.acceptedAt)}>${ago(goal.acceptedAt, now.value)}</dd></div>
      <div><dt>${ended ? "Took" : "Runs for"}</dt><dd>${duration(to - goal.acceptedAt)}</dd></div>
      <div><dt>Tasks</dt><dd><${Progress} done=${goal.tasksDone} of=${goal.tasks} /></dd></div>
      ${goal.planConfidence === undefined ? "" : html`<div><dt>Confidence of the plan</dt><dd>${goal.planConfidence.toFixed(2)}</dd></div>`}
    </dl>
    ${
      goal.failure === undefined
        ? ""
        : html`<div class="trouble" role="alert"><strong>${goal.failure.code}</strong><p>${goal.failure.message}</p></div>`
    }
    ${asked.map((one) => html`<${Approval} key=${one.id} address=${address} task=${one} />`)}
    <${Outcome} result=${goal.result} kind=${goal.kind} />
    ${
      goal.task.length === 0
        ? ""
        : html`<${Section} title="Task graph" aside="choose a task to see its auction">
          <${TaskGraph} tasks=${goal.task} critical=${critical} chosen=${chosen} choose=${choose} />
          ${task === undefined ? "" : html`<${TaskPanel} task=${task} />`}
        <//>`
    }
    ${
      events.length === 0
        ? ""
        : html`<${Section} title="Time">
          <${Gantt} attempts=${attemptsOf(events)} critical=${critical} from=${goal.acceptedAt} to=${to} />
        <//>`
    }
    <${Trails} goal=${id} address=${address} ended=${ended} />
    ${goal.votes.length === 0 && goal.proposals.length === 0 ? "" : html`<${Votes} goal=${goal} />`}
    ${
      goal.replanned.length === 0
        ? ""
        : html`<${Section} title="Replanned">
          <ul class="lines">
            ${goal.replanned.map(
              (one) => html`<li key=${one.at}>
                <span class="dim">${clock(one.at)}</span> <strong>${one.class}</strong> ${one.cause}
                <span class="dim">; ${one.strategy}: ${one.kept.length} kept, ${one.removed.length} removed, ${one.added.length} added</span>
              </li>`,
            )}
          </ul>
        <//>`
    }
    ${
      goal.risks.length === 0
        ? ""
        : html`<${Section} title="Risks"><ul class="lines">${goal.risks.map((risk) => html`<li key=${risk}>${risk}</li>`)}</ul><//>`
    }
    ${
      ended && goal.phase !== "expired"
        ? html`<${Lineage} address=${address} />${goal.trace.endsWith("-00") ? html`<${Untraced} />` : html`<${CriticalPath} address=${address} />`}`
        : ""
    }
    <${Section} title="Decisions" aside=${`${events.length} so far`}>
      <ol class="events" reversed>
        ${events
          .slice(-shownEvents)
          .toReversed()
          .map(
            ({ sequence, at, record }, index) => html`<li key=${`${sequence} ${index}`}>
              <time class="dim">${clock(at)}</time> <span>${eventText(record)}</span>
            </li>`,
          )}
      </ol>
    <//>
    <details><summary>The goal as it was published</summary><pre>${JSON.stringify(goal.goal, null, 2)}</pre></details>` as VNode;
}

function Approval({
  address,
  task,
}: {
  readonly address: string;
  readonly task: GoalView["task"][number];
}): VNode {
  const [note, setNote] = useState("");
  const answer = (approved: boolean) => () =>
    act(
      `${address}/approve`,
      { task: task.id, approved, note, by: who() },
      approved ? "approved" : "rejected",
    );
  return html`<section class="panel asks" aria-label="Approval">
    <h2>? ${task.question ?? `${task.id} asks you`}</h2>
    ${
      mayAct()
        ? html`<label>
          Note
          <input value=${note} maxlength="1000" onInput=${(event: Event) => setNote((event.currentTarget as HTMLInputElement).value)} />
        </label>`
        : html`<p class="dim">You may look, and not answer.</p>`
    }
    <p>
      <${ActButton} label="Approve" tone="good" act=${answer(true)} />
      <${ActButton} label="Reject" sure="Really reject?" tone="bad" act=${answer(false)} />
    </p>
  </section>` as VNode;
}

function TaskPanel({ task }: { readonly task: GoalView["task"][number] }): VNode {
  return html`<div class="task-panel">
    <h3>${task.id} <${Badge} state=${task.status} /></h3>
    <p class="dim">
      ${task.type} ${task.arguments.join(" ")}${task.dependsOn.length === 0 ? "" : `, after ${task.dependsOn.join(", ")}`}
      ${task.durationMs === undefined ? "" : `, took ${duration(task.durationMs)}`}
    </p>
    ${task.error === undefined ? "" : html`<p class="why">${task.error.message}</p>`}
    ${task.because === undefined ? "" : html`<p class="why">because of ${task.because}</p>`}
    ${
      task.bids.length === 0
        ? ""
        : html`<table>
          <thead><tr><th>Bidder</th><th>Score</th><th>Cost</th><th>Expects</th><th>Quality</th><th>Confidence</th></tr></thead>
          <tbody>
            ${task.bids.map(
              (bid) => html`<tr key=${bid.bidder} class=${bid.bidder === task.winner ? "won" : ""}>
                <td>${bid.bidder === task.winner ? "★ " : ""}${bid.bidder}</td>
                <td>${bid.score.toFixed(3)}</td><td>${bid.cost.toPrecision(3)}</td><td>${duration(bid.durationMs)}</td>
                <td>${bid.quality.toFixed(2)}</td><td>${bid.confidence.toFixed(2)}</td>
              </tr>`,
            )}
          </tbody>
        </table>`
    }
  </div>` as VNode;
}

/** All decisions so far; when the goal has changed, only those after the last are asked for. */
function useHistory(address: string, updatedAt: number | undefined): readonly GoalEvent[] {
  const [events, setEvents] = useState<readonly GoalEvent[]>([]);
  useEffect(() => {
    if (updatedAt === undefined) return;
    const gone = new AbortController();
    const read = async (): Promise<void> => {
      let after = events.at(-1)?.sequence ?? 0;
      for (;;) {
        const page = await get<{ events: GoalEvent[]; more: boolean }>(
          `${address}/history?after=${after}`,
          gone.signal,
        );
        if (gone.signal.aborted) return;
        setEvents((known) => {
          const last = known.at(-1)?.sequence ?? 0;
          return [...known, ...page.events.filter(({ sequence }) => sequence > last)];
        });
        after = page.events.at(-1)?.sequence ?? after;
        if (!page.more) return;
      }
    };
    // The page says by itself when the goal cannot be read.
    read().catch(() => {});
    return () => gone.abort();
  }, [address, updatedAt]);
  return events;
}

async function act(path: string, body: unknown, word: string): Promise<string> {
  await post(path, body);
  return word;
}
