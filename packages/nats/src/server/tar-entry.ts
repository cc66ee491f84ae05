const blockBytes = 512;

/**
 * The content of the first regular file of a tar archive whose path ends in `/name`
 * (POSIX.1-1988 ustar headers). `undefined` when there is none.
 */
export function tarEntry(archive: Uint8Array, name: string): Uint8Array | undefined {
  let offset = 0;
  while (offset + blockBytes <= archive.length) {
    const header = archive.subarray(offset, offset + blockBytes);
    const path = text(header, 0, 100);
    if (path === "") return undefined;
    const size = Number.parseInt(text(header, 124, 12).trim(), 8);
    if (!Number.isInteger(size) || size < 0) return undefined;
    const start = offset + blockBytes;
    const type = text(header, 156, 1);
    if ((type === "0" || type === "") && path.endsWith(`/${name}`)) {
      return start + size <= archive.length ? archive.subarray(start, start + size) : undefined;
    }
    offset = start + Math.ceil(size / blockBytes) * blockBytes;
  }
  return undefined;
}

function text(block: Uint8Array, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return Buffer.from(end === -1 ? field : field.subarray(0, end)).toString("latin1");
}
