import type { Indicator } from "../status/performance.ts";

/** A share in per cent. */
export function shareText(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** A time in the unit that people would choose. */
export function secondsText(seconds: number): string {
  if (seconds < 1) return `${Number((seconds * 1000).toPrecision(3))} ms`;
  if (seconds < 120) return `${Number(seconds.toPrecision(3))} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Number((seconds / 3600).toPrecision(3))} h`;
}

/** A size in MiB. */
export function bytesText(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}

/** The value of an indicator with its unit. */
export function indicatorText(value: number | undefined, unit: Indicator["unit"]): string {
  if (value === undefined) return "-";
  if (unit === "share") return shareText(value);
  if (unit === "seconds") return secondsText(value);
  if (unit === "bytes") return bytesText(value);
  const rounded = Number(value.toPrecision(3));
  if (unit === "per minute") return `${rounded}/min`;
  if (unit === "per second") return `${rounded}/s`;
  return String(rounded);
}
