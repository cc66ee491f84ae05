export { CertificateError, InvalidDeploymentError, SecretsExistError } from "./errors.ts";
export type { UserSecret } from "./secrets/nats-users.ts";
export { type WriteSecretsOptions, writeSecrets } from "./secrets/write-secrets.ts";
