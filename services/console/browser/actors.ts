import { html } from "htm/preact";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ActorsAnswer, IncidentsAnswer } from "../src/http/schemas.ts";
import { post } from "./api.ts";
import { count, several } from "./format.ts";
import { useLoad } from "./load.ts";
import { now } from "./news.ts";
import { ActButton, Badge, Empty, Skeleton, Trouble } from "./parts.ts";
import { ask, place } from "./route.ts";
import { who } from "./who.ts";

type Actor = ActorsAnswer["actors"][number];

/** A restart is shown for this long, milliseconds. */
const flashMs = 8000;
/** Actors drawn at first, those with the most waiting messages; and most that are. */
const drawnFirst = 150;
const drawnMost = 2000;

/** Actors: by how many messages wait, or as the tree in which they supervise each other. */
export function Actors(): VNode {
  const { query } = place.value;
  const text = query.get("text") ?? "";
  const tree = query.get("view") !== "busy";
  const [drawn, draw] = useState(drawnFirst);
  const { data, error } = useLoad<ActorsAnswer>(
    `/api/actors?limit=${drawn}&text=${encodeURIComponent(text)}`,
  );
  const shown = data?.actors ?? [];
  const incidents = useLoad<IncidentsAnswer>("/api/incidents").data;
  const restarted = new Map<string, number>();
  for (const { restarts } of incidents?.nodes ?? []) {
    for (const { actor, at } of restarts) restarted.set(actor, at);
  }
  return html`<h1>Actors</h1>
    <form class="filters" role="search" onSubmit=${(event: Event) => event.preventDefault()}>
      <label>
        Find
        <input
          type="search"
          value=${text}
          placeholder="part of an address or protocol"
          onInput=${(event: Event) => ask({ text: (event.currentTarget as HTMLInputElement).value })}
        />
      </label>
      <label>
        Order
        <select
          value=${tree ? "tree" : "busy"}
          onChange=${(event: Event) => ask({ view: (event.currentTarget as HTMLSelectElement).value })}
        >
          <option value="tree">supervision tree</option>
          <option value="busy">busiest first</option>
        </select>
      </label>
      <span class="dim" role="status">
        ${data === undefined ? "" : `${count(data.actors.length)} of ${count(data.total)} actors; each node tells its 500 busiest`}
      </span>
    </form>
    ${
      data === undefined
        ? error === undefined
          ? html`<${Skeleton} rows=${10} />`
          : html`<${Trouble} error=${error} />`
        : data.actors.length === 0
          ? html`<${Empty} title="No actor fits" />`
          : html`<table class="actors stacked">
            <thead><tr><th>Actor</th><th>State</th><th>Waiting</th><th>At work</th><th>Can do</th><th></th></tr></thead>
            ${
              tree
                ? byNode(shown).map(
                    ([node, actors]) =>
                      html`<${Branch} key=${node} node=${node} actors=${actors} restarted=${restarted} />`,
                  )
                : html`<tbody>${shown.map((actor) => line(actor, undefined, restarted.get(actor.address)))}</tbody>`
            }
          </table>
          ${
            data.actors.length < drawn
              ? ""
              : html`<nav class="pager" aria-label="More actors">
                ${drawn < drawnMost ? html`<button class="button plain" onClick=${() => draw(Math.min(drawnMost, drawn * 3))}>more</button>` : ""}
                <span class="dim">Those with the most waiting messages are shown; find others by name.</span>
              </nav>`
          }`
    }` as VNode;
}

/** What one node supervises; it can be folded. */
function Branch(props: {
  readonly node: string;
  readonly actors: readonly Actor[];
  readonly restarted: ReadonlyMap<string, number>;
}): VNode {
  const { node, actors, restarted } = props;
  const [open, setOpen] = useState(true);
  const waiting = actors.reduce((sum, actor) => sum + actor.waiting, 0);
  return html`<tbody>
    <tr class="branch">
      <th colspan="6" scope="rowgroup">
        <button class="button plain" aria-expanded=${open ? "true" : "false"} onClick=${() => setOpen(!open)}>
          <span aria-hidden="true">${open ? "▾" : "▸"}</span> ${node}
        </button>
        <span class="dim"> ${several(actors.length, "actor")}, ${count(waiting)} waiting</span>
      </th>
    </tr>
    ${open ? inTree(actors).map(({ actor, depth }) => line(actor, depth + 1, restarted.get(actor.address))) : ""}
  </tbody>` as VNode;
}

function byNode(actors: readonly Actor[]): readonly (readonly [string, readonly Actor[]])[] {
  return [...Map.groupBy(actors, ({ node }) => node)].sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
}

function line(actor: Actor, depth: number | undefined, restartedAt: number | undefined): VNode {
  const flashes = restartedAt !== undefined && now.value - restartedAt < flashMs;
  const name = depth === undefined ? actor.address : actor.address.split("/").at(-1);
  const operate = async (action: "restart" | "stop"): Promise<string> => {
    const { address } = actor;
    const operation =
      action === "stop"
        ? { do: action, actor: address, by: who() }
        : { do: action, actor: address, why: "console", by: who() };
    const { done } = await post<{ done: boolean }>(`/api/nodes/${actor.node}/operate`, operation);
    return done ? "done" : "it is gone";
  };
  return html`<tr key=${actor.address} class=${flashes ? "flash" : ""}>
    <td class=${`depth-${Math.min(depth ?? 0, 6)}`} title=${actor.address}>
      ${depth !== undefined && depth > 1 ? html`<span class="dim" aria-hidden="true">└ </span>` : ""}${name}
      <span class="dim"> ${actor.protocol}</span>
      ${flashes ? html` <span class="badge warn">↻ restarted</span>` : ""}
    </td>
    <td><${Badge} state=${actor.state} /></td>
    <td data-label="Waiting">
      <meter min="0" max=${actor.capacity} high=${actor.capacity * 0.8} value=${actor.waiting}></meter>
      ${count(actor.waiting)}
    </td>
    <td data-label="At work">${actor.atWork ?? "–"}</td>
    <td data-label="Can do" class="dim">${actor.capabilities.join(", ")}</td>
    <td class="actions">
      <${ActButton} label="Restart" sure="Really restart?" act=${() => operate("restart")} />
      <${ActButton} label="Stop" sure="Really stop?" tone="bad" act=${() => operate("stop")} />
    </td>
  </tr>` as VNode;
}

/** Each actor under the one whose address its own begins with. */
function inTree(
  actors: readonly Actor[],
): readonly { readonly actor: Actor; readonly depth: number }[] {
  const known = new Set(actors.map(({ address }) => address));
  return actors
    .toSorted((one, other) => (one.address < other.address ? -1 : 1))
    .map((actor) => {
      const parts = actor.address.split("/");
      const above = parts.map((_, index) => parts.slice(0, index).join("/"));
      return { actor, depth: above.filter((address) => known.has(address)).length };
    });
}
