import type { RecordedVote } from "@troupe/goals";
import { bar } from "./bar.ts";
import type { Screen } from "./screen.ts";
import { signs } from "./screen.ts";
import { padEnd, printable, truncate, widthOf } from "./text.ts";

/** Cells of the bar for a unanimous vote. */
const barCells = 6;

/** The options of a vote with a bar and count each, the electorate and the winner last:
 * `date ████ 4  text █ 1  of 6 → date`. */
function ballotLine(vote: RecordedVote, { paint }: Screen): string {
  const options = Object.entries(vote.counts)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([option, count]) => {
      const won = option === vote.decided;
      const cells = bar(count, vote.electorate, barCells);
      return `${printable(option)} ${paint(won ? "green" : "yellow", cells)} ${Math.round(count * 100) / 100}`;
    });
  const outcome =
    vote.decided === undefined
      ? paint("yellow", `undecided (${printable(vote.reason ?? "no majority")})`)
      : paint("green", printable(vote.decided));
  const turnout = paint("dim", `of ${Math.round(vote.electorate * 100) / 100}`);
  return `${[...options, turnout].join("  ")} ${signs.arrow} ${outcome}`;
}

/** One line per vote: the question, then how it went. */
export function voteLines(votes: readonly RecordedVote[], screen: Screen): readonly string[] {
  const questions = votes.map(({ question }) => printable(question));
  const longest = Math.max(0, ...questions.map(widthOf));
  const room = Math.min(longest, Math.floor(screen.width * 0.45));
  return votes.map((vote, index) => {
    const question = padEnd(truncate(questions[index] ?? "", room), room);
    return truncate(`${question}  ${ballotLine(vote, screen)}`, screen.width);
  });
}
