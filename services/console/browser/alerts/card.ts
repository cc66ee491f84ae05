import { html } from "htm/preact";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { NodeLine } from "../../src/http/schemas.ts";
import { duration } from "../format.ts";
import { now } from "../news.ts";
import { ActButton, Badge } from "../parts.ts";
import { mayAct, who } from "../who.ts";
import { orderAlerts } from "./order.ts";
import { SilenceForm } from "./silence-form.ts";

type Alert = NodeLine["alerts"][number];

/** An alert, what to do about it, and what can be said about it. */
export function AlertCard({ alert }: { readonly alert: Alert }): VNode {
  const [silencing, setSilencing] = useState(false);
  const { id, node, rule, acknowledged } = alert;
  const labels = Object.entries(alert.labels);
  const say = (what: "acknowledge" | "resolve") => () =>
    orderAlerts(node, { do: what, alert: id, by: who(), reason: "" }, `${what}d`);
  return html`<li data-alert=${id}>
    <p>
      <${Badge} state=${alert.severity} /> <strong>${rule}</strong> on ${node}
      ${alert.state === "pending" ? html` <span class="badge plain">… about to fire</span>` : ""}
      ${alert.silenced ? html` <span class="badge plain">⊘ silenced</span>` : ""}
      ${acknowledged === undefined ? "" : html` <span class="badge good">✓ ${acknowledged.by} sees to it</span>`}
      <span class="dim"> for ${duration(now.value - alert.since)}</span>
    </p>
    <p>${alert.summary}</p>
    ${labels.length === 0 ? "" : html`<p class="dim">${labels.map(([name, value]) => `${name}=${value}`).join(", ")}</p>`}
    ${alert.runbook === undefined ? "" : html`<p class="dim">What to do: ${alert.runbook}</p>`}
    <p class="acts">
      ${acknowledged === undefined ? html`<${ActButton} label="I see to it" tone="good" act=${say("acknowledge")} />` : ""}
      <${ActButton} label="Resolve" sure="It is over?" act=${say("resolve")} />
      ${
        mayAct()
          ? html`<button
            class="button plain"
            aria-expanded=${silencing ? "true" : "false"}
            onClick=${() => setSilencing(!silencing)}
          >
            Silence…
          </button>`
          : ""
      }
    </p>
    ${silencing ? html`<${SilenceForm} node=${node} rule=${rule} ofNode=${node} done=${() => setSilencing(false)} />` : ""}
  </li>` as VNode;
}
