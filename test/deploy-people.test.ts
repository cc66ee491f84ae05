import { readConsoleConfig } from "@troupe/console";
import { filesFor, readDeployment } from "@troupe/deploy";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";

const described = `
console:
  host: troupe.example.org
  people:
    proxies: [10.1.2.3, 10.2.0.0/16]
    userHeader: X-Auth-Request-Email
    token:
      keys: https://login.example.org:8443/keys
      issuer: https://login.example.org/realms/main
      audience: troupe
      header: X-Auth-Request-Access-Token
    operators: ["ada$1@example.org", "group:ops"]
    viewers: ["group:staff"]
`;
const known = {
  userHeader: "x-auth-request-email",
  proxies: [
    { address: "10.1.2.3", bits: 32, family: "ipv4" },
    { address: "10.2.0.0", bits: 16, family: "ipv4" },
  ],
  jwks: "https://login.example.org:8443/keys",
  jwtHeader: "x-auth-request-access-token",
  jwtIssuer: "https://login.example.org/realms/main",
  jwtAudience: "troupe",
  jwtUser: "email",
  jwtGroups: "groups",
  operators: ["ada$1@example.org", "group:ops"],
  viewers: ["group:staff"],
};

/** What is looked into of an object of Kubernetes. */
interface Deployed {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
  readonly spec: any;
}

test("a console on Kubernetes knows the proxy as it was described, and may fetch the keys", () => {
  const { "troupe.yaml": text = "" } = filesFor("kubernetes", readDeployment(described));
  const objects = parseAllDocuments(text).map((one) => one.toJS() as Deployed);
  const one = (kind: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name.includes("console"));
  const [container] = one("Deployment")?.spec.template.spec.containers ?? [];
  const variables = Object.fromEntries(
    container.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );
  expect(readConsoleConfig(variables)).toMatchObject({
    ...known,
    publicUrl: "https://troupe.example.org",
  });
  expect(one("NetworkPolicy")?.spec.egress).toContainEqual({
    ports: [{ protocol: "TCP", port: 8443 }],
  });
});

test("a console in Compose knows the proxy as it was described", () => {
  const { "docker-compose.yml": text = "" } = filesFor("compose", readDeployment(described));
  const { environment } = parse(text, { merge: true }).services.console;
  // Compose takes two dollars for one.
  const variables = Object.fromEntries(
    Object.entries<string>(environment).map(([name, value]) => [name, value.replaceAll("$$", "$")]),
  );
  const config = readConsoleConfig(variables);
  expect(config).toMatchObject(known);
  expect(config.publicUrl).toBeUndefined();
});

test("a proxy that is described by halves is refused", () => {
  const people = (text: string) => () => readDeployment(`console: { people: ${text} }`);
  expect(people("{ userHeader: X-Forwarded-User }")).toThrow(/proxies/);
  expect(people("{ proxies: [10.1.2.3] }")).toThrow(/userHeader/);
  expect(people('{ proxies: [10.1.2.3], userHeader: "X Y" }')).toThrow(/header/);
  // A list of nobody would come to everybody.
  expect(people("{ proxies: [10.1.2.3], userHeader: X-User, viewers: [] }")).toThrow(/viewers/);
  expect(
    people("{ proxies: [10.1.2.3], token: { keys: 'http://a/b', issuer: a, audience: b } }"),
  ).toThrow(/keys/);
});
