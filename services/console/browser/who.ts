import { signal } from "@preact/signals";
import { html } from "htm/preact";
import type { VNode } from "preact";

/** How people are named in what they say; this browser remembers it. */
const stored = signal(localStorage.getItem("name") ?? "");

/** Who says something here. */
export function who(): string {
  return stored.value.trim() || "console";
}

/** Where people say who they are. */
export function Who(): VNode {
  const name = (event: Event): void => {
    stored.value = (event.currentTarget as HTMLInputElement).value;
    localStorage.setItem("name", stored.value);
  };
  return html`<label>
    Your name, for the record
    <input value=${stored.value} maxlength="200" placeholder="console" autocomplete="name" onInput=${name} />
  </label>` as VNode;
}
