export { type ConsoleConfig, consoleConfigSchema, readConsoleConfig } from "./config.ts";
export { type RunningConsole, startConsole } from "./console.ts";
