const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A count with separators: `3,201`. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** A count and its noun: `1 task`, `3 tasks`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** A duration in the unit people would choose: `840 ms`, `1.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 0.5) return milliseconds > 0 ? "<1 ms" : "0 ms";
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A share of a whole: `99.7%`. Never rounds what is less than all up to 100%. */
export function formatShare(part: number, all: number): string {
  if (all === 0) return "0%";
  const percent = (part / all) * 100;
  if (part === all || percent === 0) return `${Math.round(percent)}%`;
  return `${Math.min(99.9, Math.max(0.1, percent)).toFixed(1)}%`;
}

const byteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** A size: `512 B`, `3.4 GiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < byteUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? `${bytes} B` : `${value.toFixed(1)} ${byteUnits[unit]}`;
}

/** A moment in local time, to the second: `2026-11-21 05:58:18`. */
export function formatMoment(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
