#!/usr/bin/env -S node --conditions=troupe:source
import { enableCompileCache } from "node:module";

// Stripping the types and compiling is most of what a short command does: keep the outcome.
enableCompileCache();
const { processIo } = await import("./io.ts");
const { run } = await import("./run.ts");

// Timers do not keep a process alive, but a command that waits for one has not ended.
const busy = new MessageChannel();
busy.port1.on("message", () => {});

const exitCode = await run(processIo(), process.argv.slice(2));
// What is still open, for example a connection attempt that was given up, must not hold it either.
process.stdout.write("", () => process.exit(exitCode));
