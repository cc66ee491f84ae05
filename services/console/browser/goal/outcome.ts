import { html } from "htm/preact";
import type { VNode } from "preact";
import { count, percent } from "../format.ts";
import { Section } from "../parts.ts";

/** What a cleaning goal tells at its end; see `CleanResult`. */
interface Cleaned {
  readonly dataset: string;
  readonly folder: string;
  readonly files: Readonly<Record<string, string | readonly string[]>>;
  readonly rows: Readonly<
    Record<"source" | "kept" | "repaired" | "quarantined" | "duplicates", number>
  >;
  readonly reasons: readonly Readonly<Record<string, unknown>>[];
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly quality: { readonly score: number; readonly findings: number };
}

/** What came of a goal: for cleaned data what became of its rows, else the result as it is. */
export function Outcome({ result }: { readonly result: unknown; readonly kind: string }): VNode {
  if (result === undefined) return html`` as unknown as VNode;
  if (isCleaned(result)) return html`<${Dataset} of=${result} />` as VNode;
  return html`<${Section} title="Result"><pre>${JSON.stringify(result, null, 2)}</pre><//>` as VNode;
}

function Dataset({ of }: { readonly of: Cleaned }): VNode {
  const { rows, quality, columns, reasons } = of;
  return html`<${Section} title="Dataset and quality" aside=${of.dataset}>
    <${Lineage} of=${of} />
    <p><strong>${percent(quality.score > 1 ? quality.score / 100 : quality.score)}</strong> quality, ${quality.findings} findings left, ${count(rows.repaired)} rows repaired</p>
    ${
      reasons.length === 0
        ? ""
        : html`<h3>Why rows were repaired or set aside</h3>
          <table>
            <tbody>
              ${reasons.map(
                (reason, index) => html`<tr key=${index}>
                  ${Object.values(reason).map((value, column) => html`<td key=${column}>${typeof value === "object" ? JSON.stringify(value) : String(value)}</td>`)}
                </tr>`,
              )}
            </tbody>
          </table>`
    }
    <details>
      <summary>${columns.length} columns</summary>
      <table>
        <thead><tr><th>Column</th><th>Type</th></tr></thead>
        <tbody>${columns.map(({ name, type }) => html`<tr key=${name}><td>${name}</td><td>${type}</td></tr>`)}</tbody>
      </table>
    </details>
    <details>
      <summary>Files</summary>
      <ul class="lines">
        ${Object.entries(of.files).map(([name, path]) => html`<li key=${name}>${name}: <code>${String(path)}</code></li>`)}
      </ul>
    </details>
  <//>` as VNode;
}

/** Where the rows of the source went. Widths are shares of the source. */
function Lineage({ of: { rows } }: { readonly of: Cleaned }): VNode {
  const whole = Math.max(1, rows.source);
  const flows = [
    { name: "kept", rows: rows.kept, tone: "good" },
    { name: "quarantined", rows: rows.quarantined, tone: "warn" },
    { name: "duplicates", rows: rows.duplicates, tone: "plain" },
  ].filter((flow) => flow.rows > 0);
  const height = 150;
  const scale = (height - 40) / whole;
  let left = 20;
  let right = 20;
  const words = `${rows.source} rows: ${flows.map(({ name, rows: some }) => `${some} ${name}`).join(", ")}`;
  return html`<div class="scroll">
    <svg class="lineage" viewBox=${`0 0 700 ${height}`} role="img" aria-label=${words}>
      <rect class="end" x="150" y="20" width="12" height=${whole * scale} />
      <text x="140" y=${20 + (whole * scale) / 2} text-anchor="end">source, ${count(rows.source)} rows</text>
      ${flows.map((flow) => {
        const thick = Math.max(2, flow.rows * scale);
        const from = left + thick / 2;
        const to = right + thick / 2;
        left += flow.rows * scale;
        right += thick + 16;
        return html`<g key=${flow.name} class=${`flow ${flow.tone}`}>
          <path d=${`M162 ${from}C300 ${from} 330 ${to} 470 ${to}`} stroke-width=${thick} />
          <text x="480" y=${to + 4}>${flow.name}, ${count(flow.rows)} (${percent(flow.rows / whole)})</text>
        </g>`;
      })}
    </svg>
  </div>` as VNode;
}

function isCleaned(result: unknown): result is Cleaned {
  return (
    typeof result === "object" &&
    result !== null &&
    "rows" in result &&
    "quality" in result &&
    "columns" in result
  );
}
