/** A response that went on beyond its limit. */
export class ResponseTooLargeError extends Error {
  readonly limitBytes: number;
  constructor(limitBytes: number) {
    super(`the response exceeds ${limitBytes} bytes`);
    this.limitBytes = limitBytes;
  }
}

/**
 * `fetch` that reads at most so many bytes of a response, good or bad, and follows no redirect: it
 * would carry the key to wherever the redirect leads.
 *
 * Reading beyond the limit fails with ResponseTooLargeError and closes the connection.
 *
 * @param answered is told the media type of each response, in lower case; empty where it has none
 */
export function boundedFetch(
  limitBytes: number,
  answered: (mediaType: string) => void,
): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: "manual" });
    const [mediaType = ""] = (response.headers.get("content-type") ?? "").split(";");
    answered(mediaType.trim().toLowerCase());
    if (response.body === null) return response;
    let bytes = 0;
    const counted = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          bytes += chunk.byteLength;
          if (bytes > limitBytes) controller.error(new ResponseTooLargeError(limitBytes));
          else controller.enqueue(chunk);
        },
      }),
    );
    const { status, statusText, headers } = response;
    return new Response(counted, { status, statusText, headers });
  };
}
