import type { Io } from "./io.ts";

/** In whose name something is asked for: as given, else the name of the user who runs the command. */
export function whoAsks(
  { environment }: Pick<Io, "environment">,
  { by }: { readonly by?: string },
): string {
  const names = [by, environment["USER"], environment["LOGNAME"]];
  return names.find((name) => name !== undefined && name !== "") ?? "unknown";
}
