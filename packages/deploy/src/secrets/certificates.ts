import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { CertificateError } from "../errors.ts";

const run = promisify(execFile);
const days = "365";
const limitMs = 60_000;

/** Files of a certificate authority for development, and of the server that it signed. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * Makes an authority for development, and a server certificate that it signs for `hosts`, with openssl. The authority's
 * key is removed afterwards: it signs nothing else. For a year; in production use certificates of your own authority.
 *
 * @param directory an existing folder
 * @param hosts names and IPv4 addresses by which clients reach the server
 * @throws CertificateError when openssl is missing or fails
 */
export async function developmentCertificates(
  directory: string,
  hosts: readonly string[],
): Promise<Certificates> {
  const file = (name: string): string => join(directory, name);
  const names = hosts.map((host) => `${/^[\d.]+$/.test(host) ? "IP" : "DNS"}:${host}`).join(",");
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const removed = ["authority.key", "request.pem", "extensions.conf", "authority.srl"].map(file);
  try {
    await openssl(
      ...["req", "-x509", ...curve, "-days", days, "-subj", "/CN=Troupe development authority"],
      ...["-keyout", file("authority.key"), "-out", file("ca.pem")],
    );
    await openssl(
      ...["req", "-new", ...curve, "-subj", `/CN=${hosts[0] ?? "nats"}`],
      ...["-keyout", file("server.key"), "-out", file("request.pem")],
    );
    await writeFile(file("extensions.conf"), `subjectAltName=${names}\n`);
    await openssl(
      ...["x509", "-req", "-days", days, "-in", file("request.pem"), "-CA", file("ca.pem")],
      ...["-CAkey", file("authority.key"), "-CAserial", file("authority.srl"), "-CAcreateserial"],
      ...["-extfile", file("extensions.conf"), "-out", file("server.pem")],
    );
  } finally {
    await Promise.all(removed.map((one) => rm(one, { force: true })));
  }
  return { authority: file("ca.pem"), certificate: file("server.pem"), key: file("server.key") };
}

async function openssl(...args: readonly string[]): Promise<void> {
  try {
    await run("openssl", args, { timeout: limitMs });
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split("\n").at(-2) ?? cause.message) : "?";
    throw new CertificateError(why, { cause });
  }
}
