import { html } from "htm/preact";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../api.ts";
import { who } from "../who.ts";
import { orderAlerts } from "./order.ts";

const spans = [
  { seconds: 1800, text: "30 minutes" },
  { seconds: 7200, text: "2 hours" },
  { seconds: 28_800, text: "8 hours" },
  { seconds: 86_400, text: "a day" },
  { seconds: 604_800, text: "a week" },
] as const;

/** Keeps people from being told for a while, and asks why. */
export function SilenceForm(props: {
  /** The node that is told. */
  readonly node: string;
  readonly rule: string;
  /** Rules to choose from. Default: `rule` alone. */
  readonly rules?: readonly string[];
  /** The node whose alerts are meant, unless those of all are. */
  readonly ofNode?: string;
  readonly done?: () => void;
}): VNode {
  const { node, rule, rules, ofNode, done } = props;
  const [said, setSaid] = useState("");
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const given = new FormData(form);
    const text = (name: string): string => String(given.get(name) ?? "");
    const of = text("of");
    const order = {
      do: "silence",
      rule: text("rule") || rule,
      labels: of === "" ? {} : { node: of },
      seconds: Number(text("seconds")),
      by: who(),
      reason: text("reason"),
    } as const;
    try {
      setSaid(await orderAlerts(node, order, "silenced"));
      form.reset();
      done?.();
    } catch (error) {
      setSaid(error instanceof ApiError ? error.message : "It did not work.");
    }
  };
  return html`<form class="filters silence" onSubmit=${submit}>
    ${
      rules === undefined
        ? ""
        : html`<label>
          Rule
          <select name="rule">
            <option value="*">every rule</option>
            ${rules.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
          </select>
        </label>`
    }
    ${
      ofNode === undefined
        ? ""
        : html`<label>
          Where
          <select name="of">
            <option value=${ofNode}>on ${ofNode}</option>
            <option value="">on every node</option>
          </select>
        </label>`
    }
    <label>
      For
      <select name="seconds">
        ${spans.map(({ seconds, text }) => html`<option key=${seconds} value=${seconds}>${text}</option>`)}
      </select>
    </label>
    <label class="wide">
      Why
      <input name="reason" required maxlength="1000" placeholder="for the others" />
    </label>
    <button class="button">Silence ${rules === undefined ? rule : ""}</button>
    <span class="said" role="status">${said}</span>
  </form>` as VNode;
}
