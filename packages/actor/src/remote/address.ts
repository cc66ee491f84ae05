/** The two parts of an address `<node>/<path>`. */
export function splitAddress(address: string): { readonly node: string; readonly path: string } {
  const slash = address.indexOf("/");
  return { node: address.slice(0, slash), path: address.slice(slash + 1) };
}

/** Whether the address is of an actor on that node. */
export function livesOn(address: string, node: string): boolean {
  return address.length > node.length && address[node.length] === "/" && address.startsWith(node);
}
