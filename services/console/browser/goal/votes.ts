import type { GoalView } from "@troupe/goals";
import { html } from "htm/preact";
import type { VNode } from "preact";
import { several } from "../format.ts";
import { Section } from "../parts.ts";

/** What agents proposed, and how they voted on what they disagreed about. */
export function Votes({ goal }: { readonly goal: GoalView }): VNode {
  const { proposals, votes, agreementConfidence } = goal;
  const aside =
    agreementConfidence === undefined ? "" : `confidence ${agreementConfidence.toFixed(2)}`;
  return html`<${Section} title="Deliberation" aside=${aside}>
    ${
      proposals.length === 0
        ? ""
        : html`<ul class="lines">
          ${proposals.map(({ member, summary }) => html`<li key=${member}><code>${member}</code> ${summary}</li>`)}
        </ul>`
    }
    ${votes.map((vote) => {
      const most = Math.max(1, vote.electorate);
      return html`<article class="vote" key=${vote.id}>
        <h3>${vote.question}</h3>
        <p>
          ${
            vote.decided === undefined
              ? html`<span class="badge warn">! undecided</span> ${vote.reason}`
              : html`<span class="badge good">✓ ${vote.decided}</span>`
          }
          <span class="dim"> ${several(vote.electorate, "member")}, ${vote.missing.length} silent</span>
        </p>
        ${Object.entries(vote.counts).map(
          ([option, votesFor]) => html`<div class="count" key=${option}>
            <span>${option}</span><meter min="0" max=${most} value=${votesFor}></meter><span>${votesFor}</span>
          </div>`,
        )}
        <details>
          <summary>Ballots</summary>
          <ul class="lines">
            ${vote.ballots.map(
              ({ member, choice, reason }) =>
                html`<li key=${member}><code>${member}</code> <strong>${choice}</strong> ${reason}</li>`,
            )}
          </ul>
        </details>
      </article>`;
    })}
  <//>` as VNode;
}
