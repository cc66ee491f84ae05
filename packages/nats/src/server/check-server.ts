import { ensureError, type Log, silentLog } from "@troupe/actor";
import { isNotEnabled, isUnheard } from "../connection/api-errors.ts";
import { connect } from "../connection/connect.ts";
import { hidePassword } from "../connection/hide-password.ts";
import { isAtLeast, type ServerVersion } from "../connection/server-version.ts";
import { JetStreamDisabledError, StoreUnavailableError } from "../errors.ts";

const oldestSupported = "2.9.0";

/** What a server says of itself on connecting. */
export interface CheckedServer {
  readonly version: ServerVersion;
  readonly serverName: string;
  readonly authenticates: boolean;
}

/**
 * Connects, and asks for JetStream. Throws what `connect` throws, and `JetStreamDisabledError`;
 * an unsupported version is logged.
 */
export async function checkServer(
  url: string,
  log: Log,
  timeoutMs?: number,
): Promise<CheckedServer> {
  const connection = await connect({
    url,
    name: "troupe-check",
    log: silentLog,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  try {
    const { version, nats, manager } = connection;
    try {
      await manager.getAccountInfo();
    } catch (thrown) {
      if (isUnheard(thrown) || isNotEnabled(thrown)) {
        throw new JetStreamDisabledError(url, { cause: thrown });
      }
      const cause = ensureError(thrown);
      throw new StoreUnavailableError("asking for JetStream", 5000, cause.message, { cause });
    }
    if (!isAtLeast(version, oldestSupported)) {
      log(
        "warn",
        `nats-server ${version.text} is older than ${oldestSupported} and not supported`,
        {
          url: hidePassword(url),
        },
      );
    }
    return {
      version,
      serverName: nats.info?.server_name ?? "",
      authenticates: nats.info?.auth_required === true,
    };
  } finally {
    await connection.close();
  }
}
