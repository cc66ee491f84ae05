import { expect, test } from "vitest";
import { fail, ok, warn } from "../doctor/check.ts";
import { doctorScreen } from "./doctor-screen.ts";
import { plainPaint } from "./paint.ts";

const screen = { width: 60, paint: plainPaint };

test("what is not well says what it means and what to do, under its verdict", () => {
  const checks = [
    ok("Node.js", "v24.21.0"),
    warn(
      "clock",
      "10 s ahead of the server's",
      "times do not fit together",
      "synchronise the clocks",
    ),
    fail(
      "nodes",
      "none answers under the prefix 'troupe'",
      "goals wait",
      "start one with 'troupe up'",
    ),
  ];
  expect(`\n${doctorScreen(checks, screen).join("\n")}\n`).toMatchInlineSnapshot(`
    "
    ✔ Node.js  v24.21.0
    ! clock    10 s ahead of the server's
               times do not fit together
               do: synchronise the clocks
    ✖ nodes    none answers under the prefix 'troupe'
               goals wait
               do: start one with 'troupe up'

    1 check failed, 1 warning
    "
  `);
});

test("when all is well it says so", () => {
  expect(doctorScreen([ok("Node.js", "v24")], screen).at(-1)).toBe("all is well");
});
