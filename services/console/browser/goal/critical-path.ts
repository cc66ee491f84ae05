import { html } from "htm/preact";
import type { VNode } from "preact";
import type { TraceAnswer } from "../../src/http/schemas.ts";
import { duration, percent } from "../format.ts";
import { never, useLoad } from "../load.ts";
import { Section } from "../parts.ts";

/** Steps told. */
const listed = 12;

/** Why nothing is known of it, and what helps. */
export function Untraced(): VNode {
  return html`<${Section} title="Critical path">
    <p class="dim">
      The goal was not traced: more began than its node traces (TROUPE_TRACES_PER_SECOND), or its publisher's
      traceparent says that nobody records it. Published with "trace": "always" it is.
    </p>
  <//>` as VNode;
}

/** What decided how long the goal took, by its trace. */
export function CriticalPath({ address }: { readonly address: string }): VNode {
  const { data } = useLoad<TraceAnswer>(`${address}/trace`, never);
  if (data === undefined || data.sections.length === 0) return html`` as unknown as VNode;
  const byName = new Map<string, number>();
  for (const { name, forMs } of data.sections) byName.set(name, (byName.get(name) ?? 0) + forMs);
  const longest = [...byName].sort(([, one], [, other]) => other - one).slice(0, listed);
  return html`<${Section} title="Critical path" aside=${`${duration(data.totalMs)}, by ${data.spans} spans`}>
    ${longest.map(
      ([name, ms]) => html`<div class="count" key=${name}>
        <span>${name}</span><meter min="0" max=${data.totalMs} value=${ms}></meter>
        <span>${duration(ms)}, ${percent(ms / (data.totalMs || 1))}</span>
      </div>`,
    )}
    ${data.unreadable === 0 ? "" : html`<p class="dim">Parts of its trace cannot be read: ${data.unreadable}.</p>`}
  <//>` as VNode;
}
