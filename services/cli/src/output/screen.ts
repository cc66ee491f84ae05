import type { Paint } from "./paint.ts";

/** What a rendering has to know of where it will be shown. */
export interface Screen {
  /** Cells per line. */
  readonly width: number;
  readonly paint: Paint;
}

/** Signs used throughout, each one cell wide. */
export const signs = {
  done: "✔",
  failed: "✖",
  waiting: "·",
  replanned: "↻",
  warning: "!",
  asking: "?",
  skipped: "–",
  arrow: "→",
} as const;

/** Frames of the sign for work under way. */
const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;
/** How long each frame stays, milliseconds. */
export const spinnerMs = 80;

/** The frame to show at a moment. */
export function spinnerAt(now: number): string {
  return spinner[Math.floor(now / spinnerMs) % spinner.length] ?? spinner[0];
}
