import { signal } from "@preact/signals";
import { html } from "htm/preact";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Session } from "../src/http/schemas.ts";
import { Actors } from "./actors.ts";
import { Alerts } from "./alerts/page.ts";
import { ApiError, post, session } from "./api.ts";
import { GoalPage } from "./goal/page.ts";
import { GoalList } from "./goal-list.ts";
import { Incidents } from "./incidents/page.ts";
import { connected } from "./news.ts";
import { Nodes } from "./nodes.ts";
import { Overview } from "./overview.ts";
import { Empty } from "./parts.ts";
import { Link, place } from "./route.ts";

const pages = [
  { to: "/", title: "Overview" },
  { to: "/goals", title: "Goals" },
  { to: "/nodes", title: "Nodes" },
  { to: "/actors", title: "Actors" },
  { to: "/incidents", title: "Dead letters" },
  { to: "/alerts", title: "Alerts" },
] as const;

const theme = signal(localStorage.getItem("theme") ?? "");
theme.subscribe((chosen) => {
  if (chosen === "") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
});

function toggleTheme(): void {
  const dark =
    theme.value === ""
      ? matchMedia("(prefers-color-scheme: dark)").matches
      : theme.value === "dark";
  theme.value = dark ? "light" : "dark";
  localStorage.setItem("theme", theme.value);
}

/** Everything around the page. */
export function Shell(): VNode {
  const { path } = place.value;
  const known = session.value;
  if (known === undefined) return html`<p class="boot">Loading the console…</p>` as VNode;
  if (!known.open) {
    return (known.login ? html`<${Login} />` : html`<${Outside} why=${known.why} />`) as VNode;
  }
  return html`<a class="skip" href="#content">Skip to the content</a>
    <header class="top">
      <${Link} to="/" class="brand">Troupe<//>
      <nav aria-label="Pages">
        ${pages.map(
          ({ to, title }) =>
            html`<${Link} key=${to} to=${to} current=${to === "/" ? path === "/" : path.startsWith(to)}
              >${title}<//
            >`,
        )}
      </nav>
      <span class="state" role="status">
        <span class=${connected.value ? "dot on" : "dot off"} aria-hidden="true"></span>
        ${connected.value ? "live" : "connecting…"}
      </span>
      <button class="button plain" onClick=${toggleTheme} aria-label="Dark or light">◐</button>
      ${known.user === undefined ? "" : html`<span class="user" title=${known.user}>${known.user}${known.mayAct ? "" : html` <span class="badge plain">only looks</span>`}</span>`}
      ${known.login ? html`<button class="button plain" onClick=${logout}>Log out</button>` : ""}
    </header>
    <main id="content" tabindex="-1"><${Page} path=${path} /></main>` as VNode;
}

function Page({ path }: { readonly path: string }): VNode {
  const goal = /^\/goals\/([^/]+)$/.exec(path)?.[1];
  if (goal !== undefined) {
    const id = decodeURIComponent(goal);
    return html`<${GoalPage} key=${id} id=${id} />` as VNode;
  }
  switch (path) {
    case "/":
      return html`<${Overview} />` as VNode;
    case "/goals":
      return html`<${GoalList} />` as VNode;
    case "/nodes":
      return html`<${Nodes} />` as VNode;
    case "/actors":
      return html`<${Actors} />` as VNode;
    case "/incidents":
      return html`<${Incidents} />` as VNode;
    case "/alerts":
      return html`<${Alerts} />` as VNode;
    default:
      return html`<${Empty} title="There is no such page">
        <${Link} to="/">Back to the overview<//>
      <//>` as VNode;
  }
}

/** What people see whom nobody lets in. */
function Outside({ why }: { readonly why: string | undefined }): VNode {
  return html`<div class="login panel">
    <h1>Troupe</h1>
    <p role="alert">${why ?? "You are not let in."}</p>
    <button class="button" onClick=${() => location.reload()}>Try again</button>
  </div>` as VNode;
}

function Login(): VNode {
  const [wrong, setWrong] = useState("");
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const token = new FormData(event.currentTarget as HTMLFormElement).get("token");
    try {
      session.value = await post<Session>("/api/login", { token });
    } catch (error) {
      setWrong(error instanceof ApiError ? error.message : "It did not work.");
    }
  };
  return html`<form class="login panel" onSubmit=${submit}>
    <h1>Troupe</h1>
    <label>
      Token
      <input name="token" type="password" autocomplete="current-password" autofocus required />
    </label>
    <p class="dim">The console printed it when it was started, unless TROUPE_CONSOLE_TOKEN was set.</p>
    <button class="button good">Log in</button>
    <p class="said" role="alert">${wrong}</p>
  </form>` as VNode;
}

async function logout(): Promise<void> {
  session.value = await post<Session>("/api/logout", {});
}
