import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Context } from "hono";
import { browserModules } from "./browser-modules.ts";

const folder = new URL("../../browser/", import.meta.url);
/** In this order: what comes later has the last word. */
const styles = ["page", "parts", "goal", "narrow"];

interface Asset {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly zipped: Uint8Array<ArrayBuffer>;
}

/** The pages of the console, and what they are made of, in memory. About 150 kB. */
export class Assets {
  readonly #assets = new Map<string, Asset>();
  readonly #page: Asset;

  /** Reads everything and prepares it for browsers. */
  constructor() {
    const modules = browserModules(fileURLToPath(new URL("main.ts", folder)));
    const style = styles
      .map((name) => readFileSync(new URL(`style/${name}.css`, folder), "utf8"))
      .join("");
    const icon = readFileSync(new URL("icon.svg", folder), "utf8");
    const hash = createHash("sha256").update(style).update(icon);
    for (const { code } of modules) hash.update(code);
    // Whatever changes, changes the address of everything: browsers may keep the rest for good.
    const base = `/assets/${hash.digest("hex").slice(0, 12)}`;
    for (const { name, code } of modules) this.#add(`${base}/${name}`, "text/javascript", code);
    this.#add(`${base}/style.css`, "text/css", style);
    this.#add(`${base}/icon.svg`, "image/svg+xml", icon);
    const preloads = modules
      .filter(({ lazy }) => !lazy)
      .map(({ name }) => `<link rel="modulepreload" href="${base}/${name}">`);
    const page = readFileSync(new URL("index.html", folder), "utf8")
      .replaceAll("{base}", base)
      .replace("{preloads}", preloads.join("\n    "));
    this.#page = assetOf("text/html", page);
  }

  /** A file by its address; any other address is a page, which the program draws. */
  serve(context: Context): Response {
    const { path } = context.req;
    const asset = this.#assets.get(path);
    if (asset === undefined && path.startsWith("/assets/")) return context.notFound() as Response;
    const { type, bytes, zipped } = asset ?? this.#page;
    const zips = /\bgzip\b/.test(context.req.header("accept-encoding") ?? "");
    return new Response(zips ? zipped : bytes, {
      headers: {
        "content-type": `${type}; charset=utf-8`,
        "cache-control": asset === undefined ? "no-cache" : "public, max-age=31536000, immutable",
        vary: "accept-encoding",
        ...(zips ? { "content-encoding": "gzip" } : {}),
      },
    });
  }

  #add(path: string, type: string, text: string): void {
    this.#assets.set(path, assetOf(type, text));
  }
}

function assetOf(type: string, text: string): Asset {
  const bytes = new TextEncoder().encode(text);
  return { type, bytes, zipped: new Uint8Array(gzipSync(bytes)) };
}
