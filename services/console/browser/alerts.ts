import { html } from "htm/preact";
import type { VNode } from "preact";
import type { NodesAnswer } from "../src/http/schemas.ts";
import { ago, moment } from "./format.ts";
import { useLoad } from "./load.ts";
import { now } from "./news.ts";
import { Badge, Empty, Section, Skeleton, Trouble } from "./parts.ts";

/** What fires, what is about to, and what did. */
export function Alerts(): VNode {
  const { data, error } = useLoad<NodesAnswer>("/api/nodes");
  if (data === undefined) {
    return (
      error === undefined ? html`<${Skeleton} rows=${6} />` : html`<${Trouble} error=${error} />`
    ) as VNode;
  }
  const alerts = data.nodes.flatMap(({ alerts: ofNode }) => ofNode);
  const history = data.nodes
    .flatMap(({ node, alertHistory }) => alertHistory.map((change) => ({ ...change, node })))
    .toSorted((one, other) => other.at - one.at)
    .slice(0, 100);
  return html`<h1>Alerts</h1>
    <${Section} title="Now">
      ${
        alerts.length === 0
          ? html`<${Empty} title="Nothing fires" />`
          : html`<ul class="cards">
            ${alerts.map(
              (alert) => html`<li key=${`${alert.node} ${alert.id}`}>
                <p>
                  <${Badge} state=${alert.severity} /> <strong>${alert.rule}</strong> on ${alert.node}
                  <span class="dim"> ${alert.state}${alert.silenced ? ", silenced" : ""}, since ${ago(alert.since, now.value)}</span>
                </p>
                <p>${alert.summary}</p>
                ${alert.runbook === undefined ? "" : html`<p class="dim">What to do: ${alert.runbook}</p>`}
              </li>`,
            )}
          </ul>`
      }
    <//>
    <${Section} title="Lately">
      ${
        history.length === 0
          ? html`<${Empty} title="No alert has fired since the nodes were started" />`
          : html`<ul class="lines">
            ${history.map(
              (one, index) => html`<li key=${index}>
                <span class="dim">${moment(one.at)}</span> ${one.rule} on ${one.node} ${one.change}
              </li>`,
            )}
          </ul>`
      }
    <//>` as VNode;
}
