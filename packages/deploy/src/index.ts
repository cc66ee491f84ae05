export type { DeploymentConfig } from "./config/deployment-config.ts";
export { readDeployment } from "./config/read-deployment.ts";
export { CertificateError, InvalidDeploymentError, SecretsExistError } from "./errors.ts";
export type { UserSecret } from "./secrets/nats-users.ts";
export { type WriteSecretsOptions, writeSecrets } from "./secrets/write-secrets.ts";
export { filesFor, targets } from "./targets.ts";
