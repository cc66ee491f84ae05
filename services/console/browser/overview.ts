import { openPhases } from "@troupe/goals/phases";
import { html } from "htm/preact";
import type { VNode } from "preact";
import type { Overview as Answer } from "../src/http/schemas.ts";
import { ago, count, percent, several } from "./format.ts";
import { useLoad } from "./load.ts";
import { now } from "./news.ts";
import { Badge, Empty, GoalTable, Section, Skeleton, Trouble } from "./parts.ts";
import { Link } from "./route.ts";
import { TrendLine } from "./trend-line.ts";

/** What runs, what waits, what fails and why. */
export function Overview(): VNode {
  const { data, error } = useLoad<Answer>("/api/overview");
  if (data === undefined) {
    return (
      error === undefined ? html`<${Skeleton} rows=${8} />` : html`<${Trouble} error=${error} />`
    ) as VNode;
  }
  const running = openPhases.reduce((sum, phase) => sum + (data.phases[phase] ?? 0), 0);
  const gone = data.nodes.filter(({ status }) => status === "gone").length;
  return html`<h1 class="hidden">Overview</h1>
    ${
      data.problem === undefined
        ? ""
        : html`<div class="trouble" role="alert">
          <strong>Goals cannot be read now</strong><p>${data.problem}</p>
        </div>`
    }
    <div class="tiles">
      <${Tile} to="/goals?phase=open" value=${running} label="goals run" tone=${running > 0 ? "live" : ""} />
      <${Tile} to="/goals?waiting=true" value=${data.waitingTotal} label="ask you" tone=${data.waitingTotal > 0 ? "warn" : ""} />
      <${Tile} to="/goals?phase=failed" value=${data.phases["failed"] ?? 0} label="failed" tone=${data.phases["failed"] ? "bad" : ""} />
      <${Tile} to="/goals?phase=succeeded" value=${data.phases["succeeded"] ?? 0} label="succeeded" tone="good" />
      <${Tile} to="/nodes" value=${data.nodes.length - gone} label=${gone > 0 ? `nodes, ${gone} gone` : "nodes"} tone=${gone > 0 ? "bad" : ""} />
      <${Tile} to="/alerts" value=${data.alerts.length} label="alerts fire" tone=${data.alerts.length > 0 ? "bad" : ""} />
      <${Tile} to="/incidents" value=${data.quarantine} label="in quarantine" tone=${data.quarantine > 0 ? "warn" : ""} />
    </div>
    ${
      data.waiting.length === 0
        ? ""
        : html`<${Section} title="Asks you"><${GoalTable} goals=${data.waiting} /><//>`
    }
    ${
      data.alerts.length === 0
        ? ""
        : html`<${Section} title="Alerts">
          <ul class="lines">
            ${data.alerts.map(
              (alert) => html`<li key=${`${alert.node} ${alert.id}`}>
                <${Badge} state=${alert.severity} /> <strong>${alert.rule}</strong> on ${alert.node}:${" "}
                ${alert.summary}
                ${alert.acknowledgedBy === undefined ? "" : html` <span class="badge good">✓ ${alert.acknowledgedBy} sees to it</span>`}
                ${" "}<span class="dim">${ago(alert.since, now.value)}</span>
              </li>`,
            )}
          </ul>
        <//>`
    }
    <div class="columns">
      <div>
        <${Section}
          title="Running"
          aside=${running > data.running.length ? html`<${Link} to="/goals?phase=open">all ${count(running)}<//>` : ""}
        >
          ${
            data.running.length === 0
              ? html`<${Empty} title="Nothing runs">
                Publish a goal: <code>troupe goal submit --kind clean --source orders.csv</code>
              <//>`
              : html`<${GoalTable} goals=${data.running} />`
          }
        <//>
        ${
          data.failed.length === 0
            ? ""
            : html`<${Section} title="Failed lately" aside=${html`<${Link} to="/goals?phase=failed">all<//>`}>
              <${GoalTable} goals=${data.failed.slice(0, 5)} />
            <//>`
        }
        <${Section} title="Newest" aside=${html`<${Link} to="/goals">all<//>`}>
          ${
            data.recent.length === 0
              ? html`<${Empty} title="No goals yet" />`
              : html`<${GoalTable} goals=${data.recent.slice(0, 8)} />`
          }
        <//>
      </div>
      <div>
        <${Section} title="Nodes" aside=${html`<${Link} to="/nodes">more<//>`}>
          ${
            data.nodes.length === 0
              ? html`<${Empty} title="No node answers">Start one with <code>troupe node</code>.<//>`
              : html`<ul class="nodes">
                ${data.nodes.map(
                  (node) => html`<li key=${node.node}>
                    <strong>${node.node}</strong> <${Badge} state=${node.status} />
                    <span class="dim">
                      ${
                        node.status === "gone"
                          ? "does not answer"
                          : `${several(node.goals, "goal")}, ${several(node.actors, "actor")}, ${count(node.waiting)} waiting, cpu ${percent(node.cpu)}, memory ${percent(node.memory)}`
                      }
                    </span>
                  </li>`,
                )}
              </ul>`
          }
        <//>
        <${Section} title="Messages waiting">
          <${TrendLine} points=${data.trend.map(({ at, waiting }) => ({ at, value: waiting }))} label="messages in mailboxes" />
        <//>
        <${Section} title="Processors">
          <${TrendLine}
            points=${data.trend.map(({ at, cpu }) => ({ at, value: cpu * 100 }))}
            label="per cent, mean of the nodes"
          />
        <//>
      </div>
    </div>` as VNode;
}

function Tile(props: {
  readonly to: string;
  readonly value: number;
  readonly label: string;
  readonly tone: string;
}): VNode {
  return html`<${Link} to=${props.to} class=${`tile ${props.tone}`}>
    <span class="value">${count(props.value)}</span> <span>${props.label}</span>
  <//>` as VNode;
}
