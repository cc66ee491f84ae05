import { html } from "htm/preact";
import type { VNode } from "preact";
import type { IncidentsAnswer } from "../../src/http/schemas.ts";
import { post } from "../api.ts";
import { ago, several } from "../format.ts";
import { useLoad } from "../load.ts";
import { now } from "../news.ts";
import { ActButton, Empty, Section, Skeleton, Trouble } from "../parts.ts";
import { who } from "../who.ts";
import { DeadGoals } from "./dead-goals.ts";

type NodeIncidents = IncidentsAnswer["nodes"][number];

/** Messages in quarantine, to be replayed or given up; dead letters; restarts. */
export function Incidents(): VNode {
  const { data, error } = useLoad<IncidentsAnswer>("/api/incidents");
  if (data === undefined) {
    return (
      error === undefined ? html`<${Skeleton} rows=${6} />` : html`<${Trouble} error=${error} />`
    ) as VNode;
  }
  const all = <T>(
    of: (node: NodeIncidents) => readonly T[],
  ): readonly (T & { readonly node: string })[] =>
    data.nodes.flatMap((node) => of(node).map((one) => ({ ...one, node: node.node })));
  const quarantine = all(({ quarantine: kept }) => kept);
  const letters = all(({ deadLetters }) => deadLetters).toSorted((one, other) => other.at - one.at);
  const restarts = all(({ restarts: ofNode }) => ofNode).toSorted(
    (one, other) => other.at - one.at,
  );
  const operations = all(({ operations: ofNode }) => ofNode).toSorted(
    (one, other) => other.at - one.at,
  );
  const leftOut = all(({ leftOut: ofNode }) =>
    Object.entries(ofNode).map(([name, left]) => ({ name, left })),
  );
  const operate = async (node: string, operation: object, word: string): Promise<string> => {
    const { done } = await post<{ done: boolean }>(`/api/nodes/${node}/operate`, {
      ...operation,
      by: who(),
    });
    return done ? word : "it is gone";
  };
  return html`<h1>Dead letters and quarantine</h1>
    ${error === undefined ? "" : html`<${Trouble} error=${error} />`}
    ${
      leftOut.length === 0
        ? ""
        : html`<p class="dim">Not told, as one message holds no more: ${leftOut.map(({ node, name, left }) => `${left} of ${name} on ${node}`).join(", ")}.</p>`
    }
    <${Section} title="Quarantine" aside="messages that failed their handler too often; lost when their node ends">
      ${
        quarantine.length === 0
          ? html`<${Empty} title="Nothing is in quarantine" />`
          : html`<ul class="cards">
            ${quarantine.map(
              (one) => html`<li key=${`${one.node} ${one.id}`}>
                <p><strong>${one.type}</strong> to <code>${one.actor}</code> <span class="dim">failed ${several(one.failures, "time")}</span></p>
                <p class="why">${one.error}</p>
                <pre>${one.body}</pre>
                <p>
                  <${ActButton} label="Replay" tone="good" act=${() => operate(one.node, { do: "replay", id: one.id }, "sent again")} />
                  <${ActButton} label="Discard" sure="Really discard?" tone="bad" act=${() => operate(one.node, { do: "discard", id: one.id }, "discarded")} />
                </p>
              </li>`,
            )}
          </ul>`
      }
    <//>
    <${DeadGoals} />
    <${Section} title="Dead letters" aside="messages that reached nobody">
      ${
        letters.length === 0
          ? html`<${Empty} title="No dead letters" />`
          : html`<table class="stacked">
            <thead><tr><th>When</th><th>Why</th><th>Message</th><th>To</th><th>From</th></tr></thead>
            <tbody>
              ${letters.slice(0, 200).map(
                (one, index) => html`<tr key=${index}>
                  <td>${ago(one.at, now.value)}</td>
                  <td>${one.reason} <span class="dim">${one.detail}</span></td>
                  <td>${one.type}</td><td data-label="To"><code>${one.receiver}</code></td>
                  <td data-label="From"><code>${one.sender ?? "–"}</code></td>
                </tr>`,
              )}
            </tbody>
          </table>`
      }
    <//>
    <${Section} title="Restarts">
      ${
        restarts.length === 0
          ? html`<${Empty} title="No actor was restarted" />`
          : html`<ul class="lines">
            ${restarts.slice(0, 100).map(
              (one, index) => html`<li key=${index}>
                <code>${one.actor}</code> ${one.error} <span class="dim">${ago(one.at, now.value)}</span>
              </li>`,
            )}
          </ul>`
      }
    <//>
    ${
      operations.length === 0
        ? ""
        : html`<${Section} title="Who did what" aside="to messages and actors; lost when their node ends">
          <ul class="lines">
            ${operations.slice(0, 100).map(
              (one, index) => html`<li key=${index}>
                <span class="dim">${ago(one.at, now.value)}</span> <strong>${one.by}</strong> ${one.did}
                ${" "}<code>${one.of}</code>${one.done ? "" : html`<span class="dim">: it was gone</span>`}
              </li>`,
            )}
          </ul>
        <//>`
    }` as VNode;
}
