import { html } from "htm/preact";
import { render } from "preact";
import type { Session } from "../src/http/schemas.ts";
import { get, session } from "./api.ts";
import { listen } from "./news.ts";
import { Shell } from "./shell.ts";

const root = document.getElementById("app");
if (root !== null) {
  root.replaceChildren();
  render(html`<${Shell} />`, root);
}
session.subscribe((known) => {
  if (known?.open === true) listen();
});
session.value = await get<Session>("/api/session").catch(() => ({
  open: true,
  login: false,
  mayAct: true,
}));
