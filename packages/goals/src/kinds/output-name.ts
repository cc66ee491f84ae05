import { z } from "zod";

/** Names of what goals publish become folder names. */
export const outputNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
    "must be 1 to 64 letters, digits, '-' or '_', beginning with a letter or digit",
  );
