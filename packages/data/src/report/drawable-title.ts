/**
 * A title that Vega can draw. It looks titles up among its signals, in an object that has `constructor`, `toString`
 * and the like of its own, and then draws nothing at all: to these a space is added.
 */
export function drawableTitle(text: string): string {
  return text in {} ? `${text} ` : text;
}
