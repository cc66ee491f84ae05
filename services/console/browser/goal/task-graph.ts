import type { GoalView } from "@troupe/goals";
import { html } from "htm/preact";
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Layout, layOut } from "./layout.ts";

type Task = GoalView["task"][number];

/** Tasks drawn; a graph of thousands would be no picture. */
const drawn = 120;
const box = { width: 168, height: 44 };

/** Which task waits for which, coloured by where each stands. */
export function TaskGraph(props: {
  readonly tasks: readonly Task[];
  readonly critical: ReadonlySet<string>;
  readonly chosen: string;
  readonly choose: (task: string) => void;
}): VNode {
  const tasks = props.tasks.slice(0, drawn);
  const shape = tasks.map(({ id, dependsOn }) => `${id}<${dependsOn.join()}`).join(";");
  const [layout, setLayout] = useState<Layout>();
  // Laid out again only when the plan changes, not when a task does.
  useEffect(() => {
    let gone = false;
    const links = tasks.flatMap(({ id, dependsOn }) => dependsOn.map((from) => ({ from, to: id })));
    const ids = tasks.map(({ id }) => id);
    void layOut(ids, links, box).then((made) => {
      if (!gone) setLayout(made);
    });
    return () => {
      gone = true;
    };
  }, [shape]);
  if (layout === undefined) return html`<div class="skeleton" aria-busy="true"></div>` as VNode;
  const { boxes, edges, width, height } = layout;
  return html`<div class="scroll">
      <svg
      class="graph"
      viewBox=${`0 0 ${width} ${height}`}
      width=${width}
      height=${height}
      role="group"
      aria-label="Task graph"
    >
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="10" markerHeight="10" orient="auto">
          <path d="M0 0 8 4 0 8z" />
        </marker>
      </defs>
      ${edges.map(({ key, from, to, path }) => {
        const is = props.critical.has(from) && props.critical.has(to);
        return html`<path key=${key} class=${is ? "edge critical" : "edge"} d=${path} marker-end="url(#arrow)" />`;
      })}
      ${tasks.map((task) => {
        const at = boxes.get(task.id);
        if (at === undefined) return "";
        const press = (event: KeyboardEvent): void => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          props.choose(task.id);
        };
        return html`<g
          key=${task.id}
          class=${`task ${task.status} ${props.critical.has(task.id) ? "critical" : ""} ${props.chosen === task.id ? "chosen" : ""}`}
          transform=${`translate(${at.x - box.width / 2} ${at.y - box.height / 2})`}
          tabindex="0"
          role="button"
          aria-label=${`${task.id}, ${task.status}`}
          onClick=${() => props.choose(task.id)}
          onKeyDown=${press}
        >
          <rect width=${box.width} height=${box.height} rx="7" />
          <text x="10" y="18" class="id">${short(task.id)}</text>
          <text x="10" y="34" class="status">
            ${task.status === "awarded" ? "running" : task.status}${task.attempts > 1 ? `, attempt ${task.attempts}` : ""}
          </text>
        </g>`;
      })}
    </svg>
    </div>
    ${props.tasks.length > drawn ? html`<p class="dim">The first ${drawn} of ${props.tasks.length} tasks.</p>` : ""}` as VNode;
}

function short(id: string): string {
  return id.length <= 22 ? id : `${id.slice(0, 21)}…`;
}
