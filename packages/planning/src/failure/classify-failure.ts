/** What kind of thing went wrong. */
export type FailureClass =
  | "transient_network"
  | "resource_exhaustion"
  | "data_quality_failure"
  | "schema_mismatch"
  | "dependency_missing"
  | "unknown";

/** What answers a failure of a class. */
export type FailureStrategy =
  | "retry"
  | "scale_down"
  | "add_validation"
  | "schema_adaptation"
  | "dependency_resolution"
  | "fallback";

/** A failure as it is reported: anything with a stable code or a message. */
export interface ReportedFailure {
  /** Stable code of the error, for example `"ECONNRESET"` or `"quality-gate-failed"`. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** False forbids retries, whatever the class allows. */
  readonly retryable?: boolean | undefined;
  /** False says that no other plan can help either, for example where the task itself is wrong. */
  readonly replannable?: boolean | undefined;
}

/** What follows from a failure. */
export interface ClassifiedFailure {
  readonly class: FailureClass;
  readonly strategy: FailureStrategy;
  /** How often the same step may be tried again before the plan is repaired. */
  readonly retries: number;
  /** Whether a repaired plan may help once the retries are used up. */
  readonly replan: boolean;
  /** What decided, for people: the code, or the words of the message. */
  readonly evidence: string;
}

const answers: Readonly<Record<FailureClass, Pick<ClassifiedFailure, "strategy" | "retries">>> = {
  transient_network: { strategy: "retry", retries: 3 },
  resource_exhaustion: { strategy: "scale_down", retries: 0 },
  data_quality_failure: { strategy: "add_validation", retries: 0 },
  schema_mismatch: { strategy: "schema_adaptation", retries: 0 },
  dependency_missing: { strategy: "dependency_resolution", retries: 0 },
  unknown: { strategy: "fallback", retries: 0 },
};

type Known = Exclude<FailureClass, "unknown">;

/** Codes are compared in lower case with `_` read as `-`. */
const codes: Readonly<Record<Known, readonly string[]>> = {
  transient_network: [
    "econnreset",
    "econnrefused",
    "econnaborted",
    "epipe",
    "etimedout",
    "enetunreach",
    "enetdown",
    "ehostunreach",
    "eai-again",
    "timeout",
    "connection-lost",
    "connection-closed",
    "unreachable",
    "ask-failed",
    "no-responders",
    "units-lost",
    "units-wait",
    "model-timeout",
    "model-unavailable",
    "agent-elsewhere",
    "transient-network",
  ],
  resource_exhaustion: [
    "enomem",
    "enospc",
    "emfile",
    "enfile",
    "edquot",
    "out-of-memory",
    "memory-limit",
    "disk-full",
    "resource-exhausted",
    "resource-exhaustion",
    "quota-exceeded",
  ],
  data_quality_failure: [
    "quality-gate-failed",
    "quality-failed",
    "data-quality",
    "data-quality-failure",
    "rule-violated",
    "rules-violated",
  ],
  schema_mismatch: [
    "schema-mismatch",
    "schema-drift",
    "type-mismatch",
    "column-missing",
    "conversion-failed",
  ],
  dependency_missing: [
    "enoent",
    "module-not-found",
    "err-module-not-found",
    "dependency-missing",
    "input-missing",
    "not-found",
    "no-agents",
  ],
};

/**
 * Words that name the class beyond doubt. A loose word ("memory", "network", "schema") decides nothing,
 * since a wrong class costs a wrong strategy, while `unknown` costs only the general one.
 */
const phrases: readonly (readonly [Known, RegExp])[] = [
  [
    "resource_exhaustion",
    /\bout of memory\b|\bheap out of memory\b|\bno space left on device\b|\btoo many open files\b|\bdisk quota exceeded\b|\bcould not allocate\b/i,
  ],
  [
    "data_quality_failure",
    /\bquality gate\b|\bquality (?:score|check|threshold)\b.{0,60}\b(?:below|failed|violated)\b|\brows? (?:break|violate)s? (?:the )?rules?\b/i,
  ],
  [
    "schema_mismatch",
    /\bschema (?:mismatch|drift)\b|\bdoes not match the (?:expected )?schema\b|\bcould not convert\b|\bconversion error\b|\bcolumn ["'`]?[\w ]+["'`]? (?:does not exist|is missing|not found)\b/i,
  ],
  [
    "dependency_missing",
    /\bno such file or directory\b|\bcannot find (?:module|package)\b|\bmodule not found\b|\bmissing dependency\b/i,
  ],
  [
    "transient_network",
    /\bconnection (?:reset|refused|lost|closed|timed out)\b|\bsocket hang up\b|\bnetwork (?:is unreachable|timeout)\b|\bno responders\b|\btemporarily unavailable\b/i,
  ],
];

/**
 * Says what kind of failure this is and what answers it: by its code if the code is known, else by
 * unmistakable words of its message, else `unknown`, answered by the general fallback.
 *
 * Pure: it decides nothing about time or counts, `retries` is for the caller to hold to.
 */
export function classifyFailure(failure: ReportedFailure): ClassifiedFailure {
  const code = failure.code?.toLowerCase().replaceAll("_", "-");
  const byCode = (Object.keys(codes) as Known[]).find(
    (each) => code !== undefined && codes[each].includes(code),
  );
  if (byCode !== undefined) return answer(byCode, `code '${failure.code}'`, failure);
  for (const [each, phrase] of phrases) {
    const [words] = phrase.exec(failure.message ?? "") ?? [];
    if (words !== undefined) return answer(each, `message says '${words}'`, failure);
  }
  const seen = failure.code === undefined ? "no code" : `code '${failure.code}' is not known`;
  return answer("unknown", `${seen} and the message names no class`, failure);
}

function answer(name: FailureClass, evidence: string, failure: ReportedFailure): ClassifiedFailure {
  const { strategy, retries } = answers[name];
  return {
    class: name,
    strategy,
    retries: failure.retryable === false ? 0 : retries,
    replan: failure.replannable !== false,
    evidence,
  };
}
