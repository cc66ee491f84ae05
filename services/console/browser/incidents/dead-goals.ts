import type { DeadGoals as Answer, GoalView } from "@troupe/goals";
import { html } from "htm/preact";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { GoalListAnswer } from "../../src/http/schemas.ts";
import { get, post } from "../api.ts";
import { ago } from "../format.ts";
import { useLoad } from "../load.ts";
import { now } from "../news.ts";
import { ActButton, Badge, Section, Skeleton, Trouble } from "../parts.ts";
import { publishAgain } from "../publish-again.ts";
import { Link } from "../route.ts";
import { mayAct } from "../who.ts";

/** Most lines of a refused goal that are seen at once. */
const textRows = 24;
/** Failed goals listed. */
const listed = 20;

/** Goals that failed, to be run again; and what was published as a goal and refused, to be put right and published. */
export function DeadGoals(): VNode {
  return html`<${Failed} /><${Refused} />` as VNode;
}

function Failed(): VNode {
  const { data, error } = useLoad<GoalListAnswer>(`/api/goals?phase=failed&limit=${listed}`);
  const again = (id: string) => async () =>
    publishAgain(await get<GoalView>(`/api/goals/${encodeURIComponent(id)}`));
  const rest =
    data === undefined || data.total <= listed
      ? ""
      : html`<${Link} to="/goals?phase=failed">all ${data.total}<//>`;
  return html`<${Section} title="Failed goals" aside=${rest}>
    ${error === undefined ? "" : html`<${Trouble} error=${error} />`}
    ${
      data === undefined
        ? html`<${Skeleton} rows=${2} />`
        : data.goals.length === 0
          ? html`<p class="dim">No goal has failed.</p>`
          : html`<ul class="cards">
            ${data.goals.map(
              (goal) => html`<li key=${goal.id}>
                <p>
                  <${Link} to=${`/goals/${encodeURIComponent(goal.id)}`}>${goal.id}<//> <${Badge} state=${goal.phase} />
                  <span class="dim"> ${goal.kind}, ${ago(goal.updatedAt, now.value)}</span>
                </p>
                <p class="why">${goal.error}</p>
                <p><${ActButton} label="Run again" sure="Publish it again?" act=${again(goal.id)} /></p>
              </li>`,
            )}
          </ul>`
    }
  <//>` as VNode;
}

function Refused(): VNode {
  const { data, error } = useLoad<Answer>("/api/dead-goals");
  return html`<${Section} title="Refused goals" aside="published, and never accepted">
    ${error === undefined ? "" : html`<${Trouble} error=${error} />`}
    ${
      data === undefined
        ? html`<${Skeleton} rows=${2} />`
        : data.dead.length === 0
          ? html`<p class="dim">Nothing was refused.</p>`
          : html`<ul class="cards">
            ${data.dead.map((one) => html`<${RefusedGoal} key=${one.sequence} dead=${one} />`)}
          </ul>
          ${data.more ? html`<p class="dim">Older ones are in the stream of dead letters.</p>` : ""}`
    }
  <//>` as VNode;
}

function RefusedGoal({ dead }: { readonly dead: Answer["dead"][number] }): VNode {
  const [text, setText] = useState(pretty(dead.text));
  const [open, setOpen] = useState(false);
  const publish = async (): Promise<string> => {
    let document: unknown;
    try {
      document = JSON.parse(text);
    } catch {
      return "That is not JSON.";
    }
    const { goal } = await post<{ goal: string }>("/api/goals", document);
    return `published as ${goal}`;
  };
  return html`<li>
    <p><strong>${dead.reason}</strong> <span class="dim">number ${dead.sequence} of the goal stream, ${ago(dead.at, now.value)}</span></p>
    <p class="why">${dead.description}</p>
    ${
      open
        ? html`<label class="wide">
              What was published
              <textarea rows=${Math.min(textRows, text.split("\n").length + 1)} spellcheck="false" value=${text} onInput=${(event: Event) => setText((event.currentTarget as HTMLTextAreaElement).value)}></textarea>
            </label>
            ${dead.cut ? html`<p class="dim">It is longer; this is its beginning.</p>` : ""}
            <p class="acts"><${ActButton} label="Publish" tone="good" act=${publish} /></p>`
        : mayAct()
          ? html`<p class="acts"><button class="button plain" onClick=${() => setOpen(true)}>Put right and publish…</button></p>`
          : ""
    }
  </li>` as VNode;
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
