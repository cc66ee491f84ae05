import { useEffect, useState } from "preact/hooks";
import { ApiError, get } from "./api.ts";
import { revision } from "./news.ts";

/** Least time between two readings of the same address, milliseconds. */
const throttleMs = 600;

const always = (): boolean => true;
/** For what does not change. */
export const never = (): boolean => false;

/** What came of reading an address. While it is read again, the last answer stays. */
export interface Loaded<T> {
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
}

/**
 * Reads an address of the API, and reads it again when something has changed.
 *
 * @param isNews whether what has changed may be about it. Default: it always may
 */
export function useLoad<T>(path: string, isNews: () => boolean = always): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T> & { readonly path: string }>({
    path,
    data: undefined,
    error: undefined,
  });
  useEffect(() => {
    const gone = new AbortController();
    let timer: number | undefined;
    let reading = false;
    let again = false;
    let failed = false;
    const read = async (): Promise<void> => {
      reading = true;
      again = false;
      try {
        const data = await get<T>(path, gone.signal);
        failed = false;
        if (!gone.signal.aborted) setLoaded({ path, data, error: undefined });
      } catch (error) {
        if (!gone.signal.aborted && error instanceof ApiError) {
          failed = error.status !== 404;
          setLoaded((before) => ({
            path,
            data: before.path === path ? before.data : undefined,
            error,
          }));
        }
      }
      timer = setTimeout(() => {
        reading = false;
        if (again) void read();
      }, throttleMs);
    };
    void read();
    let known = revision.value;
    const stop = revision.subscribe((now) => {
      // What could not be read is tried again with any news.
      if (now === known || !(failed || isNews())) return;
      known = now;
      if (reading) again = true;
      else void read();
    });
    return () => {
      stop();
      gone.abort();
      clearTimeout(timer);
    };
  }, [path]);
  return loaded.path === path ? loaded : { data: undefined, error: undefined };
}
