import { html } from "htm/preact";
import type { VNode } from "preact";
import type { NodeLine, NodesAnswer } from "../../src/http/schemas.ts";
import { ago, duration, moment, several } from "../format.ts";
import { useLoad } from "../load.ts";
import { now } from "../news.ts";
import { ActButton, Empty, Section, Skeleton, Trouble } from "../parts.ts";
import { mayAct, Who, who } from "../who.ts";
import { AlertCard } from "./card.ts";
import { orderAlerts } from "./order.ts";
import { SilenceForm } from "./silence-form.ts";

/** Worst first. */
const rank = { critical: 0, warning: 1, info: 2 };
/** Changes and orders listed, newest first. */
const listed = 100;

/** What fires and what is about to, what people can say about it, and what they said. */
export function Alerts(): VNode {
  const { data, error } = useLoad<NodesAnswer>("/api/nodes");
  if (data === undefined) {
    return (
      error === undefined ? html`<${Skeleton} rows=${6} />` : html`<${Trouble} error=${error} />`
    ) as VNode;
  }
  const alerts = data.nodes
    .flatMap(({ alerts: ofNode }) => ofNode)
    .toSorted((one, other) => rank[one.severity] - rank[other.severity] || one.since - other.since);
  const history = data.nodes
    .flatMap(({ node, alertHistory }) => alertHistory.map((change) => ({ ...change, node })))
    .toSorted((one, other) => other.at - one.at)
    .slice(0, listed);
  const newest = latest(data.nodes);
  const leftOut = data.nodes.reduce((sum, node) => sum + (node.leftOut["alerts"] ?? 0), 0);
  const rules = [...new Set([...alerts, ...history].map(({ rule }) => rule))].sort();
  return html`<h1>Alerts</h1>
    ${error === undefined ? "" : html`<${Trouble} error=${error} />`}
    <${Section} title="Now" aside=${html`<${Who} />`}>
      ${
        alerts.length === 0
          ? html`<${Empty} title="Nothing fires">What nodes see is looked at every few seconds.<//>`
          : html`<ul class="cards">
            ${alerts.map((alert) => html`<${AlertCard} key=${alert.id} alert=${alert} />`)}
          </ul>`
      }
      ${leftOut === 0 ? "" : html`<p class="dim">${several(leftOut, "more alert")} do not fit into what nodes tell.</p>`}
    <//>
    <${Section} title="Silences" aside="nobody is told of these, on any node">
      ${
        newest === undefined || newest.silences.length === 0
          ? html`<p class="dim">Nothing is silenced.</p>`
          : html`<ul class="cards">
            ${newest.silences.map(
              (silence) => html`<li key=${silence.id}>
                <p>
                  <strong>${silence.rule === "*" ? "every rule" : silence.rule}</strong> ${labelText(silence.labels)}
                  <span class="dim"> for another ${duration(silence.until - now.value)}, by ${silence.by}: ${silence.reason}</span>
                </p>
                <p>
                  <${ActButton}
                    label="End"
                    act=${() => orderAlerts(newest.node, { do: "unsilence", id: silence.id, by: who() }, "ended")}
                  />
                </p>
              </li>`,
            )}
          </ul>`
      }
      ${newest === undefined || !mayAct() ? "" : html`<${SilenceForm} node=${newest.node} rule="*" rules=${rules} />`}
    <//>
    ${
      newest === undefined || newest.alertOrders.length === 0
        ? ""
        : html`<${Section} title="Who said what">
          <ul class="lines">
            ${newest.alertOrders.toReversed().map(
              (order, index) => html`<li key=${index}>
                <span class="dim" title=${moment(order.at)}>${ago(order.at, now.value)}</span>
                ${" "}<strong>${order.by}</strong> ${order.what} ${order.of === "*" ? "every rule" : order.of}
                ${order.reason === "" ? "" : html`<span class="dim">: ${order.reason}</span>`}
              </li>`,
            )}
          </ul>
        <//>`
    }
    <${Section} title="Lately" aside="since the nodes were started">
      ${
        history.length === 0
          ? html`<p class="dim">No alert has fired.</p>`
          : html`<ul class="lines">
            ${history.map(
              (one, index) => html`<li key=${index}>
                <span class="dim">${moment(one.at)}</span>
                ${" "}${one.rule} on ${one.node} ${one.change}${one.by === undefined ? "" : ` by ${one.by}`}
              </li>`,
            )}
          </ul>`
      }
    <//>` as VNode;
}

/** What people said is the same on all nodes, but some have read it later: the node that knows most. */
function latest(nodes: readonly NodeLine[]): NodeLine | undefined {
  const newest = ({ alertOrders }: NodeLine): number => alertOrders.at(-1)?.at ?? 0;
  return nodes.toSorted((one, other) => newest(other) - newest(one))[0];
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const named = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return named.length === 0 ? "" : `with ${named.join(", ")}`;
}
