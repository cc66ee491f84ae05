import { signal } from "@preact/signals";
import { html } from "htm/preact";
import type { ComponentChildren, VNode } from "preact";

/** Where the browser is. */
export const place = signal(here());

function here(): { readonly path: string; readonly query: URLSearchParams } {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

/** Goes to an address of the console, without loading the page anew. */
function go(address: string, replace = false): void {
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  const moved = place.value.path !== location.pathname;
  place.value = here();
  if (moved) scrollTo(0, 0);
}

/** Changes what the address asks for; an empty value takes it out. */
export function ask(changes: Readonly<Record<string, string>>): void {
  const query = new URLSearchParams(place.value.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  go(text === "" ? place.value.path : `${place.value.path}?${text}`, true);
}

addEventListener("popstate", () => {
  place.value = here();
});

/** A link within the console; with a modifier key, or elsewhere, it is an ordinary one. */
export function Link(props: {
  readonly to: string;
  readonly class?: string;
  readonly current?: boolean;
  readonly children?: ComponentChildren;
}): VNode {
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(props.to);
  };
  return html`<a
    href=${props.to}
    class=${props.class}
    aria-current=${props.current === true ? "page" : undefined}
    onClick=${follow}
    >${props.children}</a
  >` as VNode;
}
