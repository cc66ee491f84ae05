/** One thing that was examined, and what to do about it. */
export interface Check {
  readonly name: string;
  readonly verdict: "ok" | "warn" | "fail";
  /** What was found, with the values. */
  readonly found: string;
  /** What it means for the deployment; absent when all is well. */
  readonly meaning?: string;
  /** What to do; absent when all is well. */
  readonly remedy?: string;
}

export function ok(name: string, found: string): Check {
  return { name, verdict: "ok", found };
}

export function warn(name: string, found: string, meaning: string, remedy: string): Check {
  return { name, verdict: "warn", found, meaning, remedy };
}

export function fail(name: string, found: string, meaning: string, remedy: string): Check {
  return { name, verdict: "fail", found, meaning, remedy };
}
