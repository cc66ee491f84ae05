import { lockedPackages } from "./installed.ts";
import { isAllowed } from "./licence.ts";

/**
 * `npm run licences`: the packages of the lock file by licence, each with what its own manifest says. Exit code 1
 * when one has none, or one that is not allowed.
 */
const packages = lockedPackages();
const byLicence = new Map<string, string[]>();
for (const { name, version, licence, dev } of packages) {
  const line = `${name} ${version}${dev ? " (for developers)" : ""}`;
  byLicence.set(licence, [...(byLicence.get(licence) ?? []), line]);
}
const sorted = [...byLicence].toSorted(([, a], [, b]) => b.length - a.length);
for (const [licence, names] of sorted) {
  const sign = isAllowed(licence) ? "✔" : "✖";
  console.log(`${sign} ${licence === "" ? "no licence" : licence}: ${names.length}`);
  for (const name of names.toSorted()) console.log(`    ${name}`);
}
const absent = packages.filter(({ installed }) => !installed).length;
console.log(
  `${packages.length} packages, ${absent} of which are not installed here (for other systems): of those the lock file was asked`,
);
process.exitCode = packages.every(({ licence }) => isAllowed(licence)) ? 0 : 1;
