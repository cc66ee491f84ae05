import { html } from "htm/preact";
import type { VNode } from "preact";
import type { TrailAnswer } from "../../src/model/trails.ts";
import { clock, count, duration, percent, several } from "../format.ts";
import { useLoad } from "../load.ts";
import { concerns } from "../news.ts";
import { Section, Trouble } from "../parts.ts";

type Trail = TrailAnswer["trails"][number];
type Step = Trail["steps"][number];

/** Steps that are open; earlier ones are folded. */
const shownSteps = 12;
/** Texts up to this length are shown whole; of longer ones the beginning, and the rest when it is asked for. */
const shownText = 160;

/** What agents that reason thought, did and saw, as they do it. */
export function Trails(props: {
  readonly goal: string;
  readonly address: string;
  readonly ended: boolean;
}): VNode {
  const { goal, address } = props;
  const { data, error } = useLoad<TrailAnswer>(`${address}/trail`, () => concerns(goal));
  if (error !== undefined && error.status !== 404)
    return html`<${Trouble} error=${error} />` as VNode;
  if (data === undefined || data.trails.length === 0) return html`` as unknown as VNode;
  return html`<${Section} title="Reasoning" aside=${several(data.trails.length, "agent")}>
    ${data.trails.map((trail) => html`<${OneTrail} key=${trail.task} trail=${trail} ended=${props.ended} />`)}
    ${data.more ? html`<p class="dim">There is more: <code>troupe trail ${goal}</code> shows all.</p>` : ""}
  <//>` as VNode;
}

function OneTrail({ trail, ended }: { readonly trail: Trail; readonly ended: boolean }): VNode {
  const { task, agent, depth, steps, earlier, spent, end } = trail;
  const told = [
    several(earlier + steps.length, "step"),
    ...(spent.calls === 0 ? [] : [several(spent.calls, "call"), `${count(spent.tokens)} tokens`]),
    ...(spent.cost === 0 ? [] : [`cost ${spent.cost.toPrecision(2)}`]),
    ...(trail.resumed === 0 ? [] : [`taken up ${several(trail.resumed, "time")}`]),
    duration(trail.lastAt - trail.beganAt),
  ];
  return html`<article class="trail" aria-label=${`Reasoning of ${task}`}>
    <h3>
      ${depth > 0 ? html`<span class="dim" aria-hidden="true">└ </span>` : ""}${task}
      ${agent === undefined ? "" : html` <span class="dim">by ${agent}</span>`}
      ${end === undefined && !ended ? html` <span class="badge live">● thinks</span>` : ""}
    </h3>
    <p class="dim">${told.join(", ")}</p>
    ${earlier === 0 ? "" : html`<p class="dim">${several(earlier, "step")} before these are left out.</p>`}
    ${
      steps.length <= shownSteps
        ? ""
        : html`<details>
          <summary>${several(steps.length - shownSteps, "earlier step")}</summary>
          <${Steps} steps=${steps.slice(0, -shownSteps)} trail=${trail} />
        </details>`
    }
    <${Steps} steps=${steps.slice(-shownSteps)} trail=${trail} />
    ${
      end === undefined
        ? ""
        : html`<p class=${end.ok ? "" : "why"}>
            <strong>${end.ok ? "Result" : "Stopped"}</strong>
          </p>
          <${Text} text=${end.text} />`
    }
  </article>` as VNode;
}

function Steps({
  steps,
  trail,
}: {
  readonly steps: readonly Step[];
  readonly trail: Trail;
}): VNode {
  return html`<ol class="steps">
    ${steps.map(
      (step) => html`<li key=${step.number}>
        ${trail.interventions
          .filter(({ after }) => after === step.number - 1)
          .map(
            ({ why, advice }, index) => html`<p class="advice" key=${index}>
              <strong>Kept from going in circles:</strong> ${why}. ${advice.join(" ")}
            </p>`,
          )}
        <${OneStep} step=${step} />
      </li>`,
    )}
  </ol>` as VNode;
}

function OneStep({ step }: { readonly step: Step }): VNode {
  const { number, at, thought, action, input, observed, model, mind } = step;
  const by = model ?? mind;
  return html`<div class=${`step ${observed?.ok === false ? "failed" : ""}`}>
    <p>
      <span class="dim">${number}</span> <strong>${action.replaceAll("_", " ")}</strong>
      <span class="dim"> ${clock(at)}${by === undefined ? "" : `, decided by ${by}`}${
        observed === undefined ? "" : `, ${duration(observed.durationMs)}`
      }</span>
      ${observed !== undefined && !observed.ok ? html` <span class="badge bad">✕ failed</span>` : ""}
      ${observed?.ok === true && observed.quality < 1 ? html` <span class="badge warn">quality ${percent(observed.quality)}</span>` : ""}
    </p>
    ${thought === "" ? "" : html`<p class="thought">${thought}</p>`}
    ${input === "" || input === "{}" ? "" : html`<${Text} label="with" text=${input} />`}
    ${observed === undefined ? "" : html`<${Text} label="saw" text=${observed.text} />`}
  </div>` as VNode;
}

/** Data: on one line when it is short, else folded. */
function Text({ text, label = "" }: { readonly text: string; readonly label?: string }): VNode {
  const line = text.replaceAll(/\s+/g, " ");
  const before = label === "" ? "" : html`<span class="dim">${label} </span>`;
  if (line.length <= shownText)
    return html`<p class="data">${before}<code>${line}</code></p>` as VNode;
  return html`<details class="data">
    <summary>${before}<code>${line.slice(0, shownText)}…</code></summary>
    <pre>${text}</pre>
  </details>` as VNode;
}
