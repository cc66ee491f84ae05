import { html } from "htm/preact";
import type { VNode } from "preact";
import { duration } from "../format.ts";
import type { Attempt } from "./attempts.ts";

const rowHeight = 24;
const barsFrom = 190;
const width = 1000;
/** Tasks drawn; a fan-out of thousands would be no picture. */
const rowLimit = 80;

/** When each task was tried, by whom, and what came of it. */
export function Gantt(props: {
  readonly attempts: readonly Attempt[];
  readonly critical: ReadonlySet<string>;
  readonly from: number;
  readonly to: number;
}): VNode {
  const { attempts, critical, from, to } = props;
  const tasks = [...new Set(attempts.map(({ task }) => task))];
  const rows = new Map(tasks.slice(0, rowLimit).map((task, index) => [task, index]));
  const span = Math.max(1, to - from);
  const x = (at: number): number => barsFrom + ((at - from) / span) * (width - barsFrom - 10);
  const height = rows.size * rowHeight + 24;
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return html`<div class="scroll">
      <svg class="gantt" viewBox=${`0 0 ${width} ${height}`} role="img" aria-label="When each task was tried">
        ${ticks.map((share) => {
          const at = from + share * span;
          return html`<g key=${share} class="tick">
            <line x1=${x(at)} x2=${x(at)} y1="18" y2=${height} />
            <text x=${x(at)} y="12" text-anchor=${share === 1 ? "end" : share === 0 ? "start" : "middle"}>
              ${duration(share * span)}
            </text>
          </g>`;
        })}
        ${[...rows].map(
          ([task, row]) => html`<text
            key=${task}
            class=${critical.has(task) ? "name critical" : "name"}
            x=${barsFrom - 10}
            y=${row * rowHeight + 37}
            text-anchor="end"
          >
            ${short(task)}
          </text>`,
        )}
        ${attempts.map(({ task, attempt, by, from: begun, to: ended = to, outcome }) => {
          const row = rows.get(task);
          if (row === undefined) return "";
          const words = `${task}, attempt ${attempt} by ${by}: ${outcome} after ${duration(ended - begun)}`;
          return html`<g key=${`${task} ${attempt} ${begun}`} class=${`attempt ${outcome}`}>
            <title>${words}</title>
            <rect
              x=${x(begun)}
              y=${row * rowHeight + 24}
              width=${Math.max(3, x(ended) - x(begun))}
              height=${rowHeight - 6}
              rx="3"
            />
            ${attempt > 1 ? html`<text x=${x(begun) + 4} y=${row * rowHeight + 37}>${attempt}</text>` : ""}
          </g>`;
        })}
      </svg>
    </div>
    ${tasks.length > rowLimit ? html`<p class="dim">The first ${rowLimit} of ${tasks.length} tasks.</p>` : ""}
    <ul class="legend">
      <li class="done">done</li><li class="failed">failed</li><li class="running">running</li>
      <li class="asked">waits for people</li><li class="critical">bold: critical path</li>
    </ul>` as VNode;
}

function short(task: string): string {
  return task.length <= 26 ? task : `${task.slice(0, 25)}…`;
}
