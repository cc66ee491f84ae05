import type { Journal } from "@troupe/actor";

/** All of a journal's methods as they are: what a wrapper does not change. */
export function passThrough(journal: Journal): Journal {
  return {
    append: (...request) => journal.append(...request),
    read: (...request) => journal.read(...request),
    last: (subject) => journal.last(subject),
    purge: (...request) => journal.purge(...request),
  };
}

/** Sends every request of a journal through `via`. */
export function eachRequest(
  journal: Journal,
  via: <T>(subject: string, request: () => Promise<T>) => Promise<T>,
): Journal {
  return {
    append: (subject, ...rest) => via(subject, () => journal.append(subject, ...rest)),
    read: (filter, options) => via(filter, () => journal.read(filter, options)),
    last: (subject) => via(subject, () => journal.last(subject)),
    purge: (subject, options) => via(subject, () => journal.purge(subject, options)),
  };
}
