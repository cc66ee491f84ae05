import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** How other commands in the same directory find what `troupe up` runs. */
export interface UpState {
  /** Where NATS listens. */
  readonly url: string;
  readonly prefix: string;
  /** The process of `troupe up`. */
  readonly pid: number;
}

/** The data folder unless another is named. */
export const defaultDataFolder = ".troupe";

function fileIn(data: string): string {
  return join(data, "up.json");
}

/** Where only the address stands, for other programs. */
export function urlFileIn(data: string): string {
  return join(data, "nats-url");
}

/** Only its owner may read it: the address may hold credentials. */
export function writeUpState(data: string, state: UpState): void {
  mkdirSync(data, { recursive: true });
  writeFileSync(fileIn(data), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  writeFileSync(urlFileIn(data), `${state.url}\n`, { mode: 0o600 });
}

/** The state of a running `troupe up`; `undefined` when none runs. */
export function readUpState(data: string): UpState | undefined {
  try {
    const state: unknown = JSON.parse(readFileSync(fileIn(data), "utf8"));
    if (!isUpState(state)) return undefined;
    process.kill(state.pid, 0);
    return state;
  } catch {
    return undefined;
  }
}

/** Removes this process's own state; another's stays. */
export function removeUpState(data: string, pid: number): void {
  if (readUpState(data)?.pid !== pid) return;
  rmSync(fileIn(data), { force: true });
  rmSync(urlFileIn(data), { force: true });
}

function isUpState(value: unknown): value is UpState {
  if (typeof value !== "object" || value === null) return false;
  return (
    "url" in value &&
    typeof value.url === "string" &&
    "prefix" in value &&
    typeof value.prefix === "string" &&
    "pid" in value &&
    typeof value.pid === "number"
  );
}
