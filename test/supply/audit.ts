import { spawnSync } from "node:child_process";

/**
 * `npm run audit`: known vulnerabilities of what Troupe is run with. Exit code 0 when there are none, 1 when there
 * are, 2 when nobody could say: not every registry can be asked.
 */
const { stdout, status, error } = spawnSync("npm", ["audit", "--omit", "dev", "--json"], {
  encoding: "utf8",
});
const report = read(stdout);
if (report?.metadata?.vulnerabilities === undefined) {
  const why =
    report?.message ?? report?.error?.summary ?? error?.message ?? `npm ended with ${status}`;
  console.error(`not checked: the registry does not answer (${why})`);
  process.exitCode = 2;
} else {
  const { total, ...bySeverity } = report.metadata.vulnerabilities;
  console.log(total === 0 ? "no known vulnerabilities" : JSON.stringify(bySeverity));
  for (const [name, { severity, range }] of Object.entries(report.vulnerabilities ?? {})) {
    console.log(`✖ ${name} ${range}: ${severity}`);
  }
  process.exitCode = total === 0 ? 0 : 1;
}

interface AuditReport {
  readonly message?: string;
  readonly error?: { readonly summary?: string };
  readonly metadata?: { readonly vulnerabilities?: { readonly total: number } };
  readonly vulnerabilities?: Readonly<Record<string, { severity: string; range: string }>>;
}

function read(text: string): AuditReport | undefined {
  try {
    return JSON.parse(text) as AuditReport;
  } catch {
    return undefined;
  }
}
