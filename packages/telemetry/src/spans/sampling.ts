/** The trace id's last 56 bits are its randomness (W3C Trace Context level 2). */
const randomDigits = 14;
const randomnesses = 16 ** randomDigits;

/**
 * Whether a new trace belongs to the recorded share. Decided by the trace id alone, as in
 * OpenTelemetry's consistent probability sampling (OTEP 235), so that everyone who decides for the
 * same trace decides alike.
 *
 * @param ratio share of traces to record, 0 to 1
 */
export function isSampled(traceId: string, ratio: number): boolean {
  const randomness = Number.parseInt(traceId.slice(-randomDigits), 16);
  return randomness >= (1 - ratio) * randomnesses;
}
