import { cell, number, table } from "./markdown.ts";
import type { Decisions } from "./report-input.ts";

/** What was decided on the way, as parts of a report. */
export function renderDecisions(decisions: Decisions): readonly string[] {
  return [
    "## Decisions",
    decisions.proposals
      .map(({ member, summary }) => `- \`${member}\`: ${cell(summary)}`)
      .join("\n"),
    ...(decisions.votes.length === 0
      ? ["All analysts proposed the same schema; there was nothing to vote on."]
      : [
          table(
            ["column", "decided", "votes", "electorate", "confidence", "ballots refused"],
            decisions.votes.map(
              ({ question, decided, counts, electorate, confidence, refused = 0 }) => [
                question,
                decided ?? "no consensus; the type that loses nothing was taken",
                Object.entries(counts)
                  .map(([option, count]) => `${option}: ${count}`)
                  .join(", "),
                number(electorate),
                confidence === undefined ? "" : `${Math.round(confidence * 100)} %`,
                number(refused),
              ],
            ),
          ),
        ]),
    ...(decisions.dissent === undefined || decisions.dissent.length === 0
      ? []
      : [
          "### Dissent",
          table(
            ["analyst", "what it said against what was decided"],
            decisions.dissent.map(({ member, what }) => [member, what]),
          ),
        ]),
    ...(decisions.replannings.length === 0
      ? ["The plan was carried out as it was made."]
      : decisions.replannings.map(
          ({ cause, class: failure, strategy, added }) =>
            `The plan was repaired (\`${failure}\` answered by \`${strategy}\`, ${added.length} steps added): ${cell(cause)}`,
        )),
    table(
      ["task", "done by", "price", "bids"],
      decisions.awards.map(({ task, winner, price, bids }) => [
        task,
        winner,
        number(price),
        number(bids),
      ]),
    ),
  ];
}
