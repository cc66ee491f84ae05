import { accessSync, constants, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome"];
/** Where pictures of pages are kept for people to look at; a CI can keep the folder as an artefact. */
const pictures = join(import.meta.dirname, "..", "..", ".ci", "artefacts", "console");

/** The browser of this machine, if it has one. */
function findBrowser(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const paths = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Whether there is a browser to test with; says so when not, as its tests are left out then. */
export function canBrowse(): boolean {
  if (findBrowser() !== undefined) return true;
  console.warn(
    `No browser: tests of the console's pages are SKIPPED. Install one of ${names.join(", ")}.`,
  );
  return false;
}

export async function openBrowser(): Promise<Browser> {
  const executablePath = findBrowser() ?? "";
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

/** Keeps a picture of a page, for people to look at. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  // What stays at the top of the window would else be in the middle of the picture.
  await page.evaluate("scrollTo(0, 0)");
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}
