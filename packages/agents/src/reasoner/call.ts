/** How one call to a model ended, as far as its answer is concerned. */
type CallEnd =
  | { readonly kind: "text"; readonly text: string }
  /** It called a tool, and there are none. */
  | { readonly kind: "tool"; readonly tool: string }
  | { readonly kind: "refused"; readonly said: string }
  | { readonly kind: "truncated" }
  | { readonly kind: "oversized"; readonly limitBytes: number }
  | { readonly kind: "timeout" }
  | {
      readonly kind: "unavailable";
      readonly status?: number | undefined;
      readonly retryAfterMs?: number | undefined;
      readonly detail: string;
    }
  | { readonly kind: "rejected"; readonly status: number; readonly detail: string };

/** What the server said about a call, as far as it said it. */
export interface CallReport {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly model?: string;
  readonly finishReason?: string;
}

/** One call to a model. */
export interface CallOutcome {
  readonly end: CallEnd;
  readonly report: CallReport;
}
