/** Rows with the same value that must agree on another, for one that does not to be an exception. */
export const agreeing = 4;
