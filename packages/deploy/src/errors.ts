import { TroupeError } from "@troupe/actor";

/** Secrets were to be made where there are some already. */
export class SecretsExistError extends TroupeError {
  readonly code = "secrets-exist";
  readonly retryable = false;
  readonly file: string;
  constructor(file: string) {
    super(
      `${file} exists: nothing was changed; name another folder, or remove this one and give every process its new user`,
    );
    this.file = file;
  }
}

/** A deployment was described wrongly. */
export class InvalidDeploymentError extends TroupeError {
  readonly code = "invalid-deployment";
  readonly retryable = false;
  /** One line for each thing that is wrong, with its place. */
  readonly problems: readonly string[];
  constructor(what: string, problems: readonly string[]) {
    super(`${what} cannot be used: ${problems.join("; ")}`);
    this.problems = problems;
  }
}

/** The program that makes certificates is missing or failed. */
export class CertificateError extends TroupeError {
  readonly code = "certificate";
  readonly retryable = false;
  constructor(why: string, options?: ErrorOptions) {
    super(`openssl made no certificate (${why}): install it, or put your own files there`, options);
  }
}
