/*
 * A vote by majority: one teller, a frozen electorate of three, two options.
 *
 * Stands for packages/coordination/src/vote: `receiveBallot` and `closeTally` (tally.ts), `verdict` (verdict.ts) and
 * the teller's course (teller.ts). Ballots are lost, come twice, come late, contradict each other, are of another
 * round, and come from somebody who may not vote; members die before, between and after their ballots.
 *
 * Planted faults, of which each has to be found: DOUBLE counts every ballot of a member, GROW counts whoever turns up,
 * CAST takes shares of the ballots cast, LATE goes on counting after the report, ROUND counts ballots of other rounds.
 */
#define N 3
#define NEED 2 /* more than half of the electorate, whoever votes */
#define OUTSIDER N
#define ROUND_NOW 1

#define open 0
#define red 1
#define blue 2
#define nobody 3

chan box = [1] of { byte, byte, byte }; /* member, round, option */

byte outcome = open;
bool expired = false;
bool heard[N + 1];
byte votes[3];
byte cast = 0;
/* What the teller cannot see: which options a member has voted for in this round, as bits. */
byte said[N + 1];
/* What the tally would be if it had been waited for everybody until the deadline. */
bool shadowHeard[N];
byte shadow[3];

inline send(from, at, what) {
  if
  :: box ! from, at, what
  :: skip /* lost */
  fi
}

inline supporters(option, count) {
  d_step {
    count = 0;
    s = 0;
    do
    :: s < N -> count = count + ((said[s] >> option) & 1); s++
    :: else -> break
    od;
    s = 0
  }
}

proctype member(byte me) {
  byte option;
  /* One wants red and one blue; what the third wants makes the difference. */
  if
  :: me != 1 -> option = red
  :: me != 0 -> option = blue
  fi;
  if
  :: skip /* silent, or dead before it votes */
  :: send(me, ROUND_NOW - 1, option) /* astray */
  :: atomic { said[me] = said[me] | (1 << option) };
     send(me, ROUND_NOW, option);
     if
     :: skip
     :: send(me, ROUND_NOW, option) /* again, as it was called again */
     :: atomic { said[me] = said[me] | (1 << (3 - option)) };
        send(me, ROUND_NOW, 3 - option) /* it contradicts itself */
     fi
  fi
}

inline report(option) {
  supporters(option, count);
  /* Integrity and the rule: as many of the electorate as it takes have voted for what wins. */
  assert(count >= NEED);
  outcome = option
}

/* The verdict, as far as it is certain. */
inline judge() {
  if
  :: votes[red] >= NEED -> report(red)
  :: votes[blue] >= NEED -> report(blue)
  :: else ->
     if
     :: votes[red] + N - cast < NEED && votes[blue] + N - cast < NEED -> outcome = nobody
     :: else
     fi
  fi
}

active proctype teller() {
  byte who, round, option, count, s;
end:
  do
  :: box ? who, round, option ->
     atomic {
       if
       :: who < N && round == ROUND_NOW && !shadowHeard[who] && !expired ->
          shadowHeard[who] = true;
          shadow[option]++
       :: else
       fi;
       if
#ifdef LATE
       :: true
#else
       :: outcome == open
#endif
          ->
          if
#ifdef GROW
          :: true
#else
          :: who < N
#endif
             ->
             if
#ifdef ROUND
             :: true
#else
             :: round == ROUND_NOW
#endif
                ->
                if
#ifdef DOUBLE
                :: true
#else
                :: !heard[who]
#endif
                   ->
                   heard[who] = true;
                   votes[option]++;
                   cast++;
                   judge()
                :: else
                fi
             :: else
             fi
          :: else
          fi
       :: else
       fi;
       who = 0; round = 0; option = 0; count = 0
     }
  :: atomic { !expired ->
       expired = true;
       if
       :: outcome == open ->
#ifdef CAST
          if
          :: 2 * votes[red] > cast -> report(red)
          :: 2 * votes[blue] > cast -> report(blue)
          :: else -> outcome = nobody
          fi
#else
          outcome = nobody
#endif
       :: else
       fi;
       /* Whoever had waited would have come to the same: what is certain early stays so. */
       assert(outcome != red || shadow[blue] < NEED);
       assert(outcome != blue || shadow[red] < NEED);
       assert(outcome != nobody || (shadow[red] < NEED && shadow[blue] < NEED));
       /* One ballot each, of nobody else. */
       assert(cast <= N && votes[red] + votes[blue] == cast);
       count = 0
     }
  od
}

active proctype outsider() {
  send(OUTSIDER, ROUND_NOW, red)
}

init {
  byte each = 0;
  atomic {
    do
    :: each < N -> run member(each); each++
    :: else -> break
    od
  }
}

/* Agreement with itself: what was reported stays. */
ltl redStays { [] (outcome == red -> [] (outcome == red)) }
ltl nobodyStays { [] (outcome == nobody -> [] (outcome == nobody)) }

/* Termination: whoever is silent, there is an outcome. */
ltl ends { <> (outcome != open) }
