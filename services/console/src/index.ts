export {
  type ConsoleConfig,
  consoleConfigSchema,
  isLoopback,
  readConsoleConfig,
} from "./config.ts";
export { type RunningConsole, startConsole } from "./console.ts";
export { countKeys } from "./identity/key-set.ts";
