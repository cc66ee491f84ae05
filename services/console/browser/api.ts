import { signal } from "@preact/signals";
import type { Session } from "../src/http/schemas.ts";

/** Whether the API answers this browser, and as whom; undefined until it is known. */
export const session = signal<Session | undefined>(undefined);

/** What the API says is wrong. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.reason = reason;
  }
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return call<T>(path, signal === undefined ? {} : { signal });
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  return call<T>(path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-troupe-console": "1" },
    body: JSON.stringify(body),
  });
}

async function call<T>(path: string, options: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "unreachable", "The console's server does not answer.");
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer as T;
  const { error } = (answer ?? {}) as { error?: { reason: string; description: string } };
  if (response.status === 401 && path !== "/api/login") {
    const why = error === undefined ? {} : { why: error.description };
    session.value = { open: false, login: session.value?.login ?? true, mayAct: false, ...why };
  }
  throw new ApiError(
    response.status,
    error?.reason ?? "unknown",
    error?.description ?? `The server answered ${response.status}.`,
  );
}
