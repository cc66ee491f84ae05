import { z } from "zod";
import { InvalidModelConfigError } from "../errors.ts";
import { Secret } from "./secret.ts";

/** Which model answers, and where. */
export interface ModelConfig {
  readonly provider: "openai-compatible" | "anthropic";
  /** Where the protocol's paths begin, for example `http://127.0.0.1:11434/v1`. */
  readonly url: string;
  /** Name of the model, as its server knows it. */
  readonly model: string;
  /** What the server is shown with each call. Default: nothing. */
  readonly key?: Secret;
  /**
   * How the shape of the answer is asked for: by the protocol's own field for a JSON schema, or by
   * the prompt alone, for servers that do not know that field.
   */
  readonly format: "schema" | "text";
  /** Prices per million tokens, in whatever currency the costs are to be in. */
  readonly prices?: { readonly input: number; readonly output: number };
}

const anthropicUrl = "https://api.anthropic.com/v1";

/** Variables that are set to nothing count as not set. */
const text = z.preprocess((value) => (value === "" ? undefined : value), z.string().optional());

const price = text
  .transform((value) => (value === undefined ? undefined : Number(value)))
  .pipe(z.number("must be a price per million tokens, for example 0.25").min(0).optional());

const environmentSchema = z
  .object({
    TROUPE_MODEL_PROVIDER: text.pipe(
      z.enum(
        ["openai-compatible", "anthropic"],
        "must say which protocol the model speaks: 'openai-compatible' or 'anthropic'",
      ),
    ),
    TROUPE_MODEL: text.pipe(z.string("must be the name of the model")),
    TROUPE_MODEL_URL: text.pipe(
      z
        .url({ protocol: /^https?$/, error: "must be an http or https address" })
        .refine((url) => !hasCredentials(url), "must not hold a user or a password")
        .optional(),
    ),
    // Keys that come from files often end in a line break, which no header may hold.
    TROUPE_MODEL_KEY: text
      .transform((key) => key?.trim())
      .pipe(
        z
          .string()
          .regex(/^[!-~]+$/, "must not hold blanks or line breaks")
          .optional(),
      ),
    TROUPE_MODEL_FORMAT: text.pipe(
      z.enum(["schema", "text"], "must be 'schema' or 'text'").default("schema"),
    ),
    TROUPE_MODEL_INPUT_PRICE: price,
    TROUPE_MODEL_OUTPUT_PRICE: price,
  })
  .superRefine((env, { addIssue }) => {
    const missing = (name: string, message: string): void =>
      addIssue({ code: "custom", path: [name], message });
    const { TROUPE_MODEL_PROVIDER: provider } = env;
    if (provider === "anthropic" && env.TROUPE_MODEL_KEY === undefined) {
      missing("TROUPE_MODEL_KEY", "must be set for the provider 'anthropic'");
    }
    if (provider === "openai-compatible" && env.TROUPE_MODEL_URL === undefined) {
      missing("TROUPE_MODEL_URL", "must be set, for example to http://127.0.0.1:11434/v1");
    }
    const { TROUPE_MODEL_INPUT_PRICE: input, TROUPE_MODEL_OUTPUT_PRICE: output } = env;
    if ((input === undefined) !== (output === undefined)) {
      const name = input === undefined ? "TROUPE_MODEL_INPUT_PRICE" : "TROUPE_MODEL_OUTPUT_PRICE";
      missing(name, "must be set, because the other price is");
    }
  });

/**
 * The model that the environment names, or `undefined` when it names none: nothing needs one.
 *
 * `TROUPE_MODEL_PROVIDER` (`openai-compatible` or `anthropic`), `TROUPE_MODEL` (the model's name),
 * `TROUPE_MODEL_URL` (default for Anthropic: its public address), `TROUPE_MODEL_KEY` (needed for
 * Anthropic), `TROUPE_MODEL_FORMAT` (`schema`, the default, or `text`), `TROUPE_MODEL_INPUT_PRICE` and
 * `TROUPE_MODEL_OUTPUT_PRICE` (per million tokens, both or none). A key or prices alone name no model.
 *
 * @throws InvalidModelConfigError naming every variable that is wrong or missing, never its value
 */
export function modelConfig(
  env: Readonly<Record<string, string | undefined>>,
): ModelConfig | undefined {
  const naming = ["TROUPE_MODEL_PROVIDER", "TROUPE_MODEL", "TROUPE_MODEL_URL"];
  if (naming.every((name) => (env[name] ?? "") === "")) return undefined;
  const read = environmentSchema.safeParse(env);
  if (!read.success) {
    throw new InvalidModelConfigError(
      read.error.issues.map(({ path, message }) => ({ path: path.join("."), message })),
    );
  }
  const { TROUPE_MODEL_INPUT_PRICE: input, TROUPE_MODEL_OUTPUT_PRICE: output } = read.data;
  const { TROUPE_MODEL_KEY: key } = read.data;
  return {
    provider: read.data.TROUPE_MODEL_PROVIDER,
    url: read.data.TROUPE_MODEL_URL ?? anthropicUrl,
    model: read.data.TROUPE_MODEL,
    format: read.data.TROUPE_MODEL_FORMAT,
    ...(key === undefined ? {} : { key: new Secret(key) }),
    ...(input === undefined || output === undefined ? {} : { prices: { input, output } }),
  };
}

function hasCredentials(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.username !== "" || url.password !== "");
}
