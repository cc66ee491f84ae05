import { randomBytes } from "node:crypto";
import { chmod, copyFile, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { ensureError } from "@troupe/actor";
import { newUserKey } from "@troupe/nats";
import { SecretsExistError } from "../errors.ts";
import { developmentCertificates } from "./certificates.ts";
import { type Credential, natsUsers, type UserSecret } from "./nats-users.ts";

/** Whose secrets are made, of which kind, and where they are written. */
export interface WriteSecretsOptions {
  /** Folder to make; only its owner may enter it. */
  readonly directory: string;
  /** As `tenantsSchema` has it. */
  readonly tenants: unknown;
  /** `host:port` by which the processes reach the server; default `nats:4222`. */
  readonly server?: string;
  /** Whether the server demands TLS, with certificates for development made here; default false. */
  readonly tls?: boolean;
  /** Whether users have nkeys: the server's files then hold no secret. Default false: passwords. */
  readonly nkeys?: boolean;
  /** First token of every subject; default `troupe`. */
  readonly prefix?: string;
}

/** Passwords have so many random bytes. */
const passwordBytes = 32;
/** Containers run as other users than who makes the files, whatever the umask of that one is. */
const readable = { file: 0o644, folder: 0o755 } as const;

/**
 * Makes what a secured NATS server and its users need: `nats/users.conf` and `nats/tls.conf`, which nats.conf includes, and
 * for each user `<user>.env` with its `NATS_URL`, for a node its `TROUPE_NODE`, for a console the `TROUPE_CONSOLE_TOKEN` that
 * people log in with; `grafana-admin` is a password for Grafana. With TLS also `ca.pem` and the server's certificate. Files can be read by containers that get them mounted; the folder keeps other people out.
 *
 * All or nothing: when something fails, the folder is removed again.
 *
 * @returns the users, with their urls
 * @throws SecretsExistError when the folder exists; InvalidDeploymentError; CertificateError
 */
export async function writeSecrets({
  directory,
  tenants,
  server = "nats:4222",
  tls = false,
  nkeys = false,
  prefix = "troupe",
}: WriteSecretsOptions): Promise<readonly UserSecret[]> {
  const password = (): string => randomBytes(passwordBytes).toString("base64url");
  const credential = (): Credential => (nkeys ? newUserKey() : { password: password() });
  const { usersConf, users } = natsUsers(tenants, { server, tls, prefix, credential });
  const nats = join(directory, "nats");
  await makeNew(directory);
  try {
    await mkdir(nats);
    await chmod(nats, readable.folder);
    await write(join(nats, "users.conf"), usersConf);
    await write(join(nats, "tls.conf"), tls ? tlsConf : "# No TLS: made without --tls.\n");
    if (tls) {
      const hosts = [hostOf(server), "nats", "localhost", "127.0.0.1"];
      const made = await developmentCertificates(nats, [...new Set(hosts)]);
      for (const file of Object.values(made)) await chmod(file, readable.file);
      await copyFile(made.authority, join(directory, "ca.pem"));
    }
    for (const { user, role, node, url } of users) {
      const name = node === undefined ? "" : `TROUPE_NODE=${node}\n`;
      const token = role === "console" ? `TROUPE_CONSOLE_TOKEN=${password()}\n` : "";
      await write(join(directory, `${user}.env`), `NATS_URL=${url}\n${name}${token}`);
    }
    await write(join(directory, "grafana-admin"), password());
    return users;
  } catch (thrown) {
    await rm(directory, { recursive: true, force: true });
    throw ensureError(thrown);
  }
}

/** Paths are relative to the folder of nats.conf, in which the server is started. */
const tlsConf = `tls {
  cert_file: "secrets/nats/server.pem"
  key_file: "secrets/nats/server.key"
  timeout: 5
}
`;

async function makeNew(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST") {
      throw new SecretsExistError(directory);
    }
    throw thrown;
  }
}

async function write(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.chmod(readable.file);
    await file.sync();
  } finally {
    await file.close();
  }
}

function hostOf(server: string): string {
  return server.replace(/:\d+$/, "");
}
