import { ensureError } from "@troupe/actor";
import { type ConsoleConfig, countKeys, isLoopback } from "@troupe/console";
import { type Check, fail, ok, warn } from "./check.ts";

/** A range with fewer bits than this has more addresses than proxies need. */
const narrow = { ipv4: 16, ipv6: 48 };

/** Whether a console would know people by what a proxy says; nothing when none says who they are. */
export async function checkPeople(config: ConsoleConfig): Promise<readonly Check[]> {
  const { userHeader, jwks, jwtHeader } = config;
  if (userHeader === undefined && jwks === undefined) return [];
  const by = jwks === undefined ? `the header ${userHeader}` : `signed tokens in ${jwtHeader}`;
  const from = config.proxies.map(({ address, bits }) => `${address}/${bits}`).join(", ");
  const found = ok("people", `the console knows them by ${by} from ${from}`);
  const judged = [...judgeNetworks(config), ...judgeRoles(config), ...judgeHost(config)];
  const keys = jwks === undefined ? [] : [await checkKeys(jwks)];
  return [...(judged.length === 0 ? [found] : judged), ...keys];
}

function judgeNetworks({ proxies, jwks }: ConsoleConfig): readonly Check[] {
  if (jwks !== undefined) return [];
  return proxies
    .filter(({ bits, family }) => bits < narrow[family])
    .map(({ address, bits }) =>
      warn(
        "people",
        `TROUPE_CONSOLE_PROXIES has ${address}/${bits}`,
        "whoever has one of its many addresses can call themselves what they like",
        "name the proxies alone, or have tokens signed and set TROUPE_CONSOLE_JWKS",
      ),
    );
}

function judgeRoles({ operators, token }: ConsoleConfig): readonly Check[] {
  if (operators.length > 0 || token !== undefined) return [];
  return [
    warn(
      "people",
      "TROUPE_CONSOLE_OPERATORS names nobody",
      "everybody may only look: nobody can approve, cancel or replay in the console",
      "name people, as ada@example.org, or a group, as group:ops",
    ),
  ];
}

function judgeHost({ host, publicUrl }: ConsoleConfig): readonly Check[] {
  if (publicUrl !== undefined || !isLoopback(host)) return [];
  return [
    warn(
      "people",
      `the console listens on ${host}, and TROUPE_CONSOLE_URL is not set`,
      "what a proxy on this machine passes on for another name is refused",
      "set TROUPE_CONSOLE_URL to where browsers find the console",
    ),
  ];
}

async function checkKeys(place: string): Promise<Check> {
  const name = "keys";
  try {
    return ok(name, `${await countKeys(place)} public keys in ${place}`);
  } catch (thrown) {
    return fail(
      name,
      `${place}: ${ensureError(thrown).message}`,
      "no token can be verified, so the console lets nobody in by one",
      "set TROUPE_CONSOLE_JWKS to the key set of who signs them",
    );
  }
}
