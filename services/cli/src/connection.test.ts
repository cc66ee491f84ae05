import { expect, test } from "vitest";
import { chooseTarget } from "./connection.ts";

const up = { url: "nats://127.0.0.1:5000", prefix: "here", pid: 1 };

test("the server is taken from --server, else NATS_URL, else what runs here, else the local default", () => {
  const environment = { NATS_URL: "nats://env:4222" };
  expect(chooseTarget({ server: "nats://flag:1" }, environment, up).url).toBe("nats://flag:1");
  expect(chooseTarget({}, environment, up).url).toBe("nats://env:4222");
  expect(chooseTarget({}, { NATS_URL: "" }, up)).toMatchObject({ url: up.url, prefix: "here" });
  expect(chooseTarget({}, {}, undefined).url).toBe("nats://127.0.0.1:4222");
});

test("the prefix that is named wins over the one that runs here", () => {
  expect(chooseTarget({ prefix: "mine" }, {}, up).prefix).toBe("mine");
  expect(chooseTarget({}, { TROUPE_PREFIX: "env" }, up).prefix).toBe("env");
  expect(chooseTarget({ server: "nats://flag:1" }, {}, up).prefix).toBe("troupe");
});
