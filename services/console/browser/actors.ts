import { html } from "htm/preact";
import type { VNode } from "preact";
import type { ActorsAnswer, IncidentsAnswer } from "../src/http/schemas.ts";
import { post } from "./api.ts";
import { count } from "./format.ts";
import { useLoad } from "./load.ts";
import { now } from "./news.ts";
import { ActButton, Badge, Empty, Skeleton, Trouble } from "./parts.ts";
import { ask, place } from "./route.ts";

type Actor = ActorsAnswer["actors"][number];

/** A restart is shown for this long, milliseconds. */
const flashMs = 8000;
/** Actors drawn at once. */
const drawn = 400;

/** Actors: by how many messages wait, or as the tree in which they supervise each other. */
export function Actors(): VNode {
  const { query } = place.value;
  const text = query.get("text") ?? "";
  const tree = query.get("view") !== "busy";
  const { data, error } = useLoad<ActorsAnswer>(
    `/api/actors?limit=2000&text=${encodeURIComponent(text)}`,
  );
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
            <tbody>
              ${(tree ? inTree(data.actors) : data.actors.map((actor) => ({ actor, depth: 0 })))
                .slice(0, drawn)
                .map(({ actor, depth }) =>
                  line(actor, tree ? depth : undefined, restarted.get(actor.address)),
                )}
            </tbody>
          </table>
          ${data.actors.length > drawn ? html`<p class="dim">The first ${drawn} are shown; find the others by name.</p>` : ""}`
    }` as VNode;
}

function line(actor: Actor, depth: number | undefined, restartedAt: number | undefined): VNode {
  const flashes = restartedAt !== undefined && now.value - restartedAt < flashMs;
  const name = depth === undefined || depth === 0 ? actor.address : actor.address.split("/").at(-1);
  const operate = async (action: "restart" | "stop"): Promise<string> => {
    const { address } = actor;
    const operation =
      action === "stop"
        ? { do: action, actor: address }
        : { do: action, actor: address, why: "console" };
    const { done } = await post<{ done: boolean }>(`/api/nodes/${actor.node}/operate`, operation);
    return done ? "done" : "it is gone";
  };
  return html`<tr key=${actor.address} class=${flashes ? "flash" : ""}>
    <td class=${`depth-${Math.min(depth ?? 0, 6)}`} title=${actor.address}>
      ${depth !== undefined && depth > 0 ? html`<span class="dim" aria-hidden="true">└ </span>` : ""}${name}
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
