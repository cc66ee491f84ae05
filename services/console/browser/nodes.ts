import { html } from "htm/preact";
import type { VNode } from "preact";
import type { NodeLine, NodesAnswer } from "../src/http/schemas.ts";
import { Charts } from "./charts.ts";
import { ago, bytes, count, duration, percent, several } from "./format.ts";
import { useLoad } from "./load.ts";
import { now } from "./news.ts";
import { Badge, Empty, Section, Skeleton, Trouble } from "./parts.ts";
import { Link } from "./route.ts";

/** The nodes: health, and what it lost points for; what they hold; how they do. */
export function Nodes(): VNode {
  const { data, error } = useLoad<NodesAnswer>("/api/nodes");
  if (data === undefined) {
    return (
      error === undefined ? html`<${Skeleton} rows=${6} />` : html`<${Trouble} error=${error} />`
    ) as VNode;
  }
  return html`<h1>Nodes</h1>
    ${data.missing.map(
      ({ node, since }) => html`<div class="trouble" role="alert" key=${node} data-node=${node}>
        <strong>${node} does not answer</strong>
        <p>Since ${ago(since, now.value)}. Its goals are taken over by other nodes when their leases end.</p>
      </div>`,
    )}
    ${
      data.nodes.length === 0 && data.loaded
        ? html`<${Empty} title="No node answers">Start one with <code>troupe node</code>.<//>`
        : ""
    }
    ${data.nodes.length === 0 ? "" : html`<${Charts} />`}
    ${data.nodes.map((node) => html`<${NodePanel} key=${node.node} node=${node} />`)}` as VNode;
}

function NodePanel({ node }: { readonly node: NodeLine }): VNode {
  const { health, resources } = node;
  const leftOut = Object.entries(node.leftOut);
  const goals = Object.entries(node.goals).filter(([, held]) => held > 0);
  return html`<${Section} title=${node.node} aside=${`${node.version}, up for ${duration(now.value - node.startedAt)}`}>
    <p>
      <${Badge} state=${health.status} /> <strong>${Math.round(health.score)}</strong> of 100
      ${node.shedding ? html` <span class="badge warn">! takes no goals now</span>` : ""}
    </p>
    ${
      health.deductions.length === 0
        ? ""
        : html`<ul class="lines">
          ${health.deductions.map(
            ({ points, because }) =>
              html`<li key=${because}>−${Math.round(points)}: ${because}</li>`,
          )}
        </ul>`
    }
    <dl class="facts">
      <div><dt>Processors</dt><dd>${percent(resources.cpu)}</dd></div>
      <div><dt>Memory</dt><dd>${percent(resources.memory)}, ${bytes(resources.memoryBytes)}</dd></div>
      <div><dt>Late by</dt><dd>${duration(resources.lagSeconds * 1000)}</dd></div>
      <div>
        <dt>Actors</dt>
        <dd><${Link} to=${`/actors?text=${node.node}/`}>${count(node.actors.total)}<//>, ${count(node.actors.waiting)} waiting</dd>
      </div>
      <div><dt>Goals</dt><dd>${goals.map(([state, held]) => `${held} ${state}`).join(", ") || "none"}</dd></div>
      <div><dt>Quarantine</dt><dd>${several(node.quarantine, "message")}</dd></div>
    </dl>
    ${
      leftOut.length === 0
        ? ""
        : html`<p class="dim">Not told, as one message holds no more: ${leftOut.map(([name, left]) => `${count(left)} of ${name}`).join(", ")}.</p>`
    }
    <details>
      <summary>Checks and performance</summary>
      <ul class="lines">
        ${health.checks.map(
          ({ name, status, detail }) =>
            html`<li key=${name}><${Badge} state=${status} /> ${name}: ${detail}</li>`,
        )}
      </ul>
      <table>
        <thead><tr><th>Last ${duration(node.performance.windowMs)}</th><th>Now</th><th>Before</th><th>Trend</th></tr></thead>
        <tbody>
          ${node.performance.indicators
            .filter(({ value, before }) => value !== undefined || before !== undefined)
            .map(
              ({ name, unit, value, before, trend }) => html`<tr key=${name}>
                <td>${name} <span class="dim">${unit}</span></td>
                <td>${shown(value)}</td><td>${shown(before)}</td><td>${trend}</td>
              </tr>`,
            )}
        </tbody>
      </table>
      ${
        node.recovered.length === 0
          ? ""
          : html`<h3>What it did about its own trouble</h3>
            <pre>${node.recovered.map((one) => JSON.stringify(one)).join("\n")}</pre>`
      }
    </details>
  <//>` as VNode;
}

function shown(value: number | undefined): string {
  if (value === undefined) return "–";
  return value !== 0 && Math.abs(value) < 100 ? value.toPrecision(3) : count(Math.round(value));
}
