import { signal } from "@preact/signals";
import { html } from "htm/preact";
import type { VNode } from "preact";
import { session } from "./api.ts";

/** How people are named in what they say; this browser remembers it. */
const stored = signal(localStorage.getItem("name") ?? "");

/** Who says something here. */
export function who(): string {
  return session.value?.user ?? (stored.value.trim() || "console");
}

/** Whether they may do more than look. Until it is known they may: the server is who refuses. */
export function mayAct(): boolean {
  return session.value?.mayAct !== false;
}

/** Where people say who they are, unless it is known. */
export function Who(): VNode {
  const user = session.value?.user;
  if (user !== undefined) return html`<span>you are <strong>${user}</strong></span>` as VNode;
  const name = (event: Event): void => {
    stored.value = (event.currentTarget as HTMLInputElement).value;
    localStorage.setItem("name", stored.value);
  };
  return html`<label>
    Your name, for the record
    <input value=${stored.value} maxlength="200" placeholder="console" autocomplete="name" onInput=${name} />
  </label>` as VNode;
}
