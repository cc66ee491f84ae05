import { html } from "htm/preact";
import type { VNode } from "preact";
import type { TrendAnswer, TrendMetric } from "../src/model/trends.ts";
import { count, percent, several } from "./format.ts";
import { useLoad } from "./load.ts";
import { Section, Skeleton, Trouble } from "./parts.ts";
import { TimeChart } from "./time-chart.ts";

const whole = (value: number): string => count(Math.round(value));
const charts: readonly {
  readonly metric: TrendMetric;
  readonly title: string;
  readonly written: (value: number) => string;
  readonly least: number;
}[] = [
  { metric: "waiting", title: "Messages waiting", written: whole, least: 10 },
  { metric: "goals", title: "Goals coordinated", written: whole, least: 4 },
  { metric: "cpu", title: "Processors", written: percent, least: 1 },
  { metric: "memory", title: "Memory", written: percent, least: 0.5 },
  { metric: "actors", title: "Actors", written: whole, least: 10 },
  { metric: "score", title: "Health", written: whole, least: 100 },
];

/** How the nodes were over the last hour, as far as this console has run. */
export function Charts(): VNode {
  const { data, error } = useLoad<TrendAnswer>("/api/trends");
  if (data === undefined) {
    return (
      error === undefined ? html`<${Skeleton} rows=${3} />` : html`<${Trouble} error=${error} />`
    ) as VNode;
  }
  return html`<${Section} title="The last hour" aside=${data.more === 0 ? "a point every 10 s" : `${several(data.more, "more node")} without a line`}>
    <div class="charts">
      ${charts.map(
        ({ metric, ...chart }) =>
          html`<${TimeChart}
            key=${metric}
            ...${chart}
            at=${data.at}
            lines=${data.nodes.map(({ node, values }) => ({ name: node, values: values[metric] }))}
          />`,
      )}
    </div>
  <//>` as VNode;
}
