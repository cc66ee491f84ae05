import { html } from "htm/preact";
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { LineageAnswer } from "../../src/model/lineage.ts";
import { never, useLoad } from "../load.ts";
import { Section } from "../parts.ts";
import { type Layout, layOut } from "./layout.ts";

const box = { width: 150, height: 40 };
/** It is made smaller to fit, but not below this share; then it scrolls. */
const least = 0.75;

/** From what was read to what is published: which datasets were made of which, and where columns come from. */
export function Lineage({ address }: { readonly address: string }): VNode {
  const { data } = useLoad<LineageAnswer>(`${address}/lineage`, never);
  const [column, choose] = useState("");
  if (data === undefined || data.published.length === 0) return html`` as unknown as VNode;
  const chosen = data.columns.find(({ name }) => name === column);
  return html`<${Section} title="Lineage" aside="from what was read to what is published">
    <${Datasets} lineage=${data} lit=${new Set(chosen?.from.map(({ dataset }) => dataset))} />
    ${data.total > data.runs.length ? html`<p class="dim">The first ${data.runs.length} of ${data.total} steps.</p>` : ""}
    ${
      data.columns.length === 0
        ? ""
        : html`<div class="filters">
            <label>
              Where a column comes from
              <select value=${column} onChange=${(event: Event) => choose((event.currentTarget as HTMLSelectElement).value)}>
                <option value="">all columns</option>
                ${data.columns.map(({ name }) => html`<option key=${name} value=${name}>${name}</option>`)}
              </select>
            </label>
          </div>
          <div class="scroll tall">
            <table class="stacked">
              <thead><tr><th>Column</th><th>From</th><th>What was done</th></tr></thead>
              <tbody>
                ${(chosen === undefined ? data.columns : [chosen]).map(
                  ({ name, from }) => html`<tr key=${name}>
                    <td><strong>${name}</strong></td>
                    <td data-label="From">
                      ${from.map(({ dataset, field }) => html`<div key=${`${dataset} ${field}`}>${field} <span class="dim">of ${fileName(dataset)}</span></div>`)}
                    </td>
                    <td data-label="Done">${from.map(({ done }, index) => html`<div key=${index}>${done}</div>`)}</td>
                  </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }
  <//>` as VNode;
}

function Datasets(props: {
  readonly lineage: LineageAnswer;
  /** Datasets of which the chosen column is made. */
  readonly lit: ReadonlySet<string>;
}): VNode {
  const { runs, sources, published } = props.lineage;
  const links = runs.flatMap(({ inputs, outputs }) =>
    inputs.flatMap((from) => outputs.map((to) => ({ from, to }))),
  );
  const read = new Set(links.map(({ from }) => from));
  const made = [...new Set(runs.flatMap(({ outputs }) => outputs))];
  // What nobody read on the way is what was published of; but what was made of sources alone was only looked at.
  const last = made.filter((dataset) => !read.has(dataset));
  const worked = last.filter((dataset) =>
    links.some(({ from, to }) => to === dataset && !sources.includes(from)),
  );
  const all = [
    ...links,
    ...(worked.length === 0 ? last : worked).flatMap((from) =>
      published.map((to) => ({ from, to })),
    ),
  ];
  const ids = [...new Set([...sources, ...made, ...published])];
  const shape = ids.join("\n");
  const [layout, setLayout] = useState<Layout>();
  useEffect(() => {
    let gone = false;
    void layOut(ids, all, box).then((laid) => {
      if (!gone) setLayout(laid);
    });
    return () => {
      gone = true;
    };
  }, [shape]);
  if (layout === undefined) return html`<div class="skeleton" aria-busy="true"></div>` as VNode;
  const ends = new Set([...sources, ...published]);
  const { width, height, edges, boxes } = layout;
  return html`<div class="scroll">
    <svg class="graph" style=${{ maxWidth: "100%", minWidth: `${least * width}px`, height: "auto" }} viewBox=${`0 0 ${width} ${height}`} width=${width} height=${height} role="img"
      aria-label=${`${sources.map(fileName).join(", ")} to ${published.map(fileName).join(", ")}, over ${made.length} datasets`}>
      <defs>
        <marker id="made" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="10" markerHeight="10" orient="auto">
          <path d="M0 0 8 4 0 8z" />
        </marker>
      </defs>
      ${edges.map(({ key, path }) => html`<path key=${key} class="edge" d=${path} marker-end="url(#made)" />`)}
      ${ids.map((id) => {
        const at = boxes.get(id);
        if (at === undefined) return "";
        return html`<g
          key=${id}
          class=${`dataset ${ends.has(id) ? "end" : ""} ${props.lit.has(id) ? "lit" : ""}`}
          transform=${`translate(${at.x - box.width / 2} ${at.y - box.height / 2})`}
        >
          <title>${id}</title>
          <rect width=${box.width} height=${box.height} rx="3" />
          <text x="10" y="17" class="id">${short(fileName(id))}</text>
          <text x="10" y="32" class="status">${sources.includes(id) ? "source" : published.includes(id) ? "published" : "made on the way"}</text>
        </g>`;
      })}
    </svg>
  </div>` as VNode;
}

/** The last part of a path; of a published file its version too. */
function fileName(dataset: string): string {
  const parts = dataset.split("/").filter((part) => part !== "");
  const [last = dataset, before] = [parts.at(-1), parts.at(-2)];
  return last.startsWith("data.") && before !== undefined ? `${before}/${last}` : last;
}

function short(name: string): string {
  return name.length <= 18 ? name : `${name.slice(0, 17)}…`;
}
