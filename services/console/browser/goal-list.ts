import { endPhases, openPhases } from "@troupe/goals/phases";
import { html } from "htm/preact";
import type { VNode } from "preact";
import type { GoalListAnswer } from "../src/http/schemas.ts";
import { several } from "./format.ts";
import { useLoad } from "./load.ts";
import { Empty, GoalTable, Skeleton, Trouble } from "./parts.ts";
import { ask, place } from "./route.ts";

const pageSize = 100;
const phases = ["open", ...openPhases, ...endPhases];

/** All goals, by the filters in the address, page by page. */
export function GoalList(): VNode {
  const { query } = place.value;
  const from = Number(query.get("from") ?? 0) || 0;
  const wanted = new URLSearchParams(query);
  wanted.set("limit", String(pageSize));
  const { data, error } = useLoad<GoalListAnswer>(`/api/goals?${wanted}`);
  const set = (name: string) => (event: Event) =>
    ask({ [name]: (event.currentTarget as HTMLInputElement).value, from: "" });
  const asks = query.get("waiting") === "true";
  return html`<h1>Goals</h1>
    <form class="filters" role="search" onSubmit=${(event: Event) => event.preventDefault()}>
      <label>
        Find
        <input
          type="search"
          value=${query.get("text") ?? ""}
          placeholder="part of an id or error"
          onInput=${set("text")}
        />
      </label>
      <label>
        State
        <select value=${query.get("phase") ?? ""} onChange=${set("phase")}>
          <option value="">any</option>
          ${phases.map((phase) => html`<option key=${phase} value=${phase}>${phase}</option>`)}
        </select>
      </label>
      <label>
        Kind
        <select value=${query.get("kind") ?? ""} onChange=${set("kind")}>
          <option value="">any</option>
          ${(data?.kinds ?? []).map((kind) => html`<option key=${kind} value=${kind}>${kind}</option>`)}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked=${asks}
          onChange=${() => ask({ waiting: asks ? "" : "true", from: "" })}
        />
        asks you
      </label>
      <span class="dim" role="status">${data === undefined ? "" : several(data.total, "goal")}</span>
    </form>
    ${
      data?.problem === undefined
        ? ""
        : html`<div class="trouble" role="alert"><strong>Not up to date</strong><p>${data.problem}</p></div>`
    }
    ${
      data === undefined
        ? error === undefined
          ? html`<${Skeleton} rows=${10} />`
          : html`<${Trouble} error=${error} />`
        : data.goals.length === 0
          ? html`<${Empty} title=${data.loaded ? "No goal fits" : "Goals are being read"}>
            ${data.loaded ? "Change the filters, or publish one." : "This takes a moment at the first start."}
          <//>`
          : html`<${GoalTable} goals=${data.goals} />
            <nav class="pager" aria-label="Parts of the list">
              <button
                class="button plain"
                disabled=${from === 0}
                onClick=${() => ask({ from: from > pageSize ? String(from - pageSize) : "" })}
              >
                newer
              </button>
              <span class="dim">${from + 1} to ${from + data.goals.length}</span>
              <button
                class="button plain"
                disabled=${from + data.goals.length >= data.total}
                onClick=${() => ask({ from: String(from + pageSize) })}
              >
                older
              </button>
            </nav>`
    }` as VNode;
}
