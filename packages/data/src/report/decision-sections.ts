import { htmlTable, htmlText } from "./html.ts";
import { number } from "./markdown.ts";
import { barList } from "./plots.ts";
import type { Decisions } from "./report-input.ts";

/** Votes shown one by one at most. */
const voteLimit = 100;

/** What was decided on the way, as parts of a page. */
export function decisionSections(decisions: Decisions): readonly string[] {
  const { proposals, votes, dissent = [], replannings, awards } = decisions;
  const shown = votes.slice(0, voteLimit);
  return [
    `<ul>${proposals.map(({ member, summary }) => `<li><code>${htmlText(member)}</code>: <bdi>${htmlText(summary)}</bdi></li>`).join("")}</ul>`,
    ...(votes.length === 0
      ? ["<p>All analysts proposed the same schema; there was nothing to vote on.</p>"]
      : [`<div class="cards">${shown.map(vote).join("")}</div>`]),
    ...(votes.length > shown.length
      ? [
          `<p class="faint">${number(votes.length - shown.length)} more votes are in the goal's journal.</p>`,
        ]
      : []),
    ...(dissent.length === 0
      ? []
      : [
          "<h3>Dissent</h3>",
          htmlTable(
            ["analyst", "what it said against what was decided"],
            dissent.map(({ member, what }) => [member, what]),
          ),
        ]),
    "<h3>Plan</h3>",
    ...(replannings.length === 0
      ? ["<p>The plan was carried out as it was made.</p>"]
      : replannings.map(
          ({ cause, class: failure, strategy, added }) =>
            `<p>The plan was repaired (<code>${htmlText(failure)}</code> answered by <code>${htmlText(strategy)}</code>, ${added.length} steps added): <bdi>${htmlText(cause)}</bdi></p>`,
        )),
    ...(awards.length === 0
      ? []
      : [
          `<details><summary>Who did what</summary>`,
          htmlTable(
            ["task", "done by", "price", "bids"],
            awards.map(({ task, winner, price, bids }) => [
              task,
              winner,
              number(price),
              number(bids),
            ]),
            [2, 3],
          ),
          "</details>",
        ]),
  ];
}

function vote(one: Decisions["votes"][number]): string {
  const { question, decided, counts, electorate, confidence, refused = 0 } = one;
  const bars = Object.entries(counts).map(([name, count]) => ({
    name,
    count,
    kind: name === decided ? "kept" : "",
  }));
  const silent = electorate - bars.reduce((sum, { count }) => sum + count, 0);
  const notes = [
    decided === undefined
      ? "no consensus: what loses nothing was taken"
      : `decided: ${decided}${confidence === undefined ? "" : `, ${Math.round(confidence * 100)} % behind it`}`,
    ...(silent > 0 ? [`${number(silent)} of ${number(electorate)} did not vote for any`] : []),
    ...(refused > 0 ? [`${number(refused)} ballots refused`] : []),
  ];
  return `<article class="card"><h3><bdi>${htmlText(question)}</bdi></h3>${barList(bars, electorate)}<p class="faint"><bdi>${htmlText(notes.join("; "))}</bdi></p></article>`;
}
