import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { DrawingFailedError } from "../errors.ts";

/**
 * Draws a Vega-Lite specification as a whole SVG document. What goes wrong while it is drawn Vega tells nobody but its
 * logger, and hands out what there is: here it is an error.
 *
 * @param title what it is called in the error
 * @throws DrawingFailedError when it cannot be drawn, or only in part
 */
export async function drawSpec(title: string, spec: TopLevelSpec): Promise<string> {
  const failures: unknown[] = [];
  let svg: string;
  try {
    const logger = loggerOf(failures);
    const runtime = vega.parse(compile(spec, { logger }).spec);
    const view = new vega.View(runtime, { renderer: "none", logger });
    try {
      svg = await view.toSVG();
    } finally {
      view.finalize();
    }
  } catch (thrown) {
    throw new DrawingFailedError(title, thrown);
  }
  if (failures.length > 0) throw new DrawingFailedError(title, failures[0]);
  return svg;
}

/** Keeps errors; what Vega wonders about, as scales without an extent, is drawn all the same. */
function loggerOf(failures: unknown[]): vega.LoggerInterface {
  let level: number = vega.Error;
  function levelOf(): number;
  function levelOf(value: number): vega.LoggerInterface;
  function levelOf(value?: number): number | vega.LoggerInterface {
    if (value === undefined) return level;
    level = value;
    return logger;
  }
  const silent = (): vega.LoggerInterface => logger;
  const logger: vega.LoggerInterface = {
    level: levelOf,
    error: (...told) => {
      failures.push(told[0]);
      return logger;
    },
    warn: silent,
    info: silent,
    debug: silent,
  };
  return logger;
}
