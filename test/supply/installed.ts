import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/** A package of the lock file. */
export interface Locked {
  /** Its folder, from the root of the project. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** What its own manifest says, where it is installed; else what the lock file says. An SPDX expression, or anything. */
  readonly licence: string;
  /** Whether only developers need it. */
  readonly dev: boolean;
  readonly installed: boolean;
  readonly integrity: string | undefined;
  readonly resolved: string | undefined;
  /** Whether it wants to run something when it is installed. */
  readonly hasScript: boolean;
}

interface LockEntry {
  readonly name?: string;
  readonly version?: string;
  readonly license?: unknown;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
}

/** Every package from elsewhere that the lock file names. */
export function lockedPackages(): readonly Locked[] {
  const { packages } = readJson("package-lock.json") as {
    readonly packages: Readonly<Record<string, LockEntry>>;
  };
  return Object.entries(packages).flatMap(([folder, entry]) => {
    if (!folder.includes("node_modules/") || entry.link === true) return [];
    const manifest = join(folder, "package.json");
    const installed = existsSync(join(root, manifest));
    const own = installed ? (readJson(manifest) as { license?: unknown; licenses?: unknown }) : {};
    return {
      folder,
      name: entry.name ?? folder.slice(folder.lastIndexOf("node_modules/") + 13),
      version: entry.version ?? "",
      licence: licenceIn(own.license ?? own.licenses ?? entry.license),
      dev: entry.dev === true,
      installed,
      integrity: entry.integrity,
      resolved: entry.resolved,
      hasScript: entry.hasInstallScript === true,
    };
  });
}

/** Old manifests have an object, or a list of them. */
function licenceIn(field: unknown): string {
  if (typeof field === "string") return field;
  if (Array.isArray(field)) return field.map(licenceIn).join(" OR ");
  if (typeof field === "object" && field !== null && "type" in field) return String(field.type);
  return "";
}

/** A file of the project, as data. */
export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(join(root, file), "utf8"));
}
