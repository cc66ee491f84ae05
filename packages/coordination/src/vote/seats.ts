import type { Poll, Seat } from "./poll.ts";

/** Seats of each frozen electorate by name: looked up for every ballot, made once. */
const seatsOf = new WeakMap<Poll, ReadonlyMap<string, Seat>>();

/** The member's seat, if it has one. */
export function seatOf(poll: Poll, member: string): Seat | undefined {
  let seats = seatsOf.get(poll);
  if (seats === undefined) {
    seats = new Map(poll.electorate.map((seat) => [seat.member, seat]));
    seatsOf.set(poll, seats);
  }
  return seats.get(member);
}
