import { TroupeError } from "@troupe/actor";

/** The keys that tokens are verified with cannot be used. */
export class KeySetError extends TroupeError {
  readonly code = "unusable-key-set";
  readonly retryable = false;
  readonly place: string;
  constructor(place: string, why: string, options?: ErrorOptions) {
    super(
      `the keys in '${place}' cannot be used (${why}): give TROUPE_CONSOLE_JWKS a JSON Web Key Set with public keys`,
      options,
    );
    this.place = place;
  }
}
