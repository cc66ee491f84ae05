/**
 * What releases of the past have stored, byte for byte, in base64: never to be changed, since
 * journals out there cannot be either. A new format is a new entry.
 */

/** Records of account 42 as the first release wrote them: version 1, amounts in euros. */
export const firstRelease: readonly string[] = [
  "eyJ2IjoxLCJhdCI6MTc2NzI2ODgwMTAwMCwicmVjb3JkIjp7ImV1cm9zIjo1fX0=",
  "eyJ2IjoxLCJhdCI6MTc2NzI2ODgwMjAwMCwicmVjb3JkIjp7ImV1cm9zIjoyLjUsIm5vdGUiOiJHcsO8w59lLCDkuJbnlYwifX0=",
  "eyJ2IjoxLCJhdCI6MTc2NzI2ODgwMzAwMCwicmVjb3JkIjp7ImV1cm9zIjotMX19",
];

/** One stored record: subject, sequence, payload in base64. */
export type StoredLine = readonly [subject: string, sequence: number, payload: string];

/**
 * Account 42 as the first release with snapshots and effects wrote it: record version 2, all but
 * the last records purged, a snapshot with a pending and a failed effect, and what came after it.
 */
export const firstWithSnapshots: readonly StoredLine[] = [
  [
    "journal.account.42",
    5,
    "eyJ2IjoyLCJhdCI6MTc2NzIyNTYwMTAwMCwiYWZ0ZXIiOjQsInJlY29yZCI6eyJjZW50cyI6LTEwMH19",
  ],
  [
    "snapshot.account.42",
    6,
    "eyJ2IjoxLCJjb3ZlcnMiOjUsInN0YXRlIjp7ImNlbnRzIjo2NTAsImNvdW50IjozLCJjaGVjayI6NDg4MTUwfSwib3V0Ym94Ijp7InYiOjEsInBlbmRpbmciOlt7ImlkIjoiam91cm5hbC5hY2NvdW50LjQyLjEuMiIsImF0IjoxNzY3MjI1NjAwMDAwLCJlZmZlY3QiOnsibWFpbCI6ImMifX1dLCJmYWlsZWQiOlt7ImlkIjoiam91cm5hbC5hY2NvdW50LjQyLjEuMSIsImF0IjoxNzY3MjI1NjAwMDAwLCJlZmZlY3QiOnsibWFpbCI6IsOkIn0sInRyaWVzIjo1LCJ3aHkiOiJubyBzdWNoIGFkZHJlc3MiLCJmYWlsZWRBdCI6MTc2NzIyNTYwMTAwMH1dfX0=",
  ],
  [
    "journal.account.42",
    7,
    "eyJ2IjoyLCJhdCI6MTc2NzIyNTYwMTAwMCwiYWZ0ZXIiOjUsInJlY29yZCI6eyJjZW50cyI6N30sImVmZmVjdHMiOnsidiI6MSwibGlzdCI6W3sibWFpbCI6ImQifV19fQ==",
  ],
  [
    "journal.account.42",
    8,
    "eyJ2IjoxLCJhdCI6MTc2NzIyNTYwMTAwMCwiYWZ0ZXIiOjcsInNldHRsZWQiOnsiZWZmZWN0Ijoiam91cm5hbC5hY2NvdW50LjQyLjEuMSIsIm91dGNvbWUiOiJhZ2FpbiJ9fQ==",
  ],
];
