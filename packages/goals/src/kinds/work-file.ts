import { z } from "zod";

/** A file of the goal's own in the workspace. By its name, so that no path leads out of the folder. */
export const workFileSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/, "must be the name of a file in the goal's folder");
