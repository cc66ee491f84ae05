/*
 * The awarding of a contract net: the best bidder is asked, then the next best, as often as one declines, is silent or
 * dies.
 *
 * Stands for packages/coordination/src/auction: `receiveAwardAnswer` and `nextStep` (contract-net.ts) and the course of
 * `award` and `proceed` (auctioneer.ts). An award is put twice at most; questions and answers are lost (unless
 * RELIABLE), bidders decline, are slow, and die with what they had taken on. Messages of one pair keep their order, as
 * they do on NATS.
 *
 * Planted faults, of which each has to be found: SILENT_PASS asks the next without telling the one before to let go,
 * UNHEARD counts an award as taken when it is put, TWO_OUT asks the next while the answer of the one before is
 * awaited, FORGET gives up after the first that declines.
 */
#define BIDDERS 2
#define TRIES 2
#define nobody BIDDERS

mtype = { award, reject };
chan to[BIDDERS] = [2] of { mtype };
chan answers = [2] of { byte, bool };

byte winner = nobody;
byte asking = nobody;
bool ended = false;
bool asked[BIDDERS];
bool declined[BIDDERS];
/* What the auctioneer cannot see. */
bool took[BIDDERS];
bool holds[BIDDERS];
bool released[BIDDERS];
bool dead[BIDDERS];
bool willing[BIDDERS];

inline put(channel, message) {
  if
  :: channel ! message
#ifndef RELIABLE
  :: skip /* lost */
#endif
  fi
}

proctype bidder(byte me) {
  bool yes;
  if
  :: willing[me] = true; yes = true
  :: yes = false
  fi;
end:
  do
  :: to[me] ? award ->
     atomic {
       if
       :: yes -> took[me] = true; holds[me] = true
       :: else
       fi
     };
     if
     :: answers ! me, yes
#ifndef RELIABLE
     :: skip /* lost, or later than anybody waits */
#endif
     fi
  :: to[me] ? reject -> holds[me] = false
#ifndef RELIABLE
  :: atomic { dead[me] = true; holds[me] = false; break }
#endif
  od;
  /* What reaches a dead process reaches nobody. */
endDead:
  do
  :: to[me] ? _
  od
}

active proctype auctioneer() {
  byte best = 0, who, tries;
  bool yes, heard;
  do
  :: best < BIDDERS ->
     atomic { asking = best; asked[best] = true };
     tries = 0;
     heard = false;
#ifdef UNHEARD
     atomic { winner = best; assert(took[best]) };
     break;
#endif
     do
     :: tries < TRIES && !heard ->
        put(to[best], award);
        tries++;
#ifdef TWO_OUT
        if
        :: best + 1 < BIDDERS -> put(to[best + 1], award)
        :: else
        fi;
#endif
        do
        :: answers ? who, yes ->
           if
           :: who == best -> heard = true; break
           :: else /* the answer of one that nobody waits for any more */
           fi
#ifdef RELIABLE
        :: false
#else
        :: true -> break /* the time is over */
#endif
        od
     :: else -> break
     od;
     atomic {
       if
       :: heard && yes ->
          /* There is one winner, and it stays. */
          assert(winner == nobody);
          winner = best;
          asking = nobody
       :: else -> asking = nobody; declined[best] = true
       fi
     };
     if
     :: winner == best -> break
     :: else ->
#ifdef SILENT_PASS
        skip
#else
        released[best] = true;
        put(to[best], reject)
#endif
     fi;
#ifdef FORGET
     break;
#endif
     best++
  :: else -> break
  od;
  /* The winner has taken the task on, and nobody better was left out. */
  assert(winner == nobody || took[winner]);
  atomic {
    who = 0;
    do
    :: who < BIDDERS && who < winner ->
       assert(declined[who]);
       who++
    :: else -> break
    od
  };
#ifdef RELIABLE
  assert(winner != nobody || (!willing[0] && !willing[1]));
#endif
  ended = true;
end:
  do
  :: answers ? who, yes
  od
}

init {
  byte each = 0;
  atomic {
    do
    :: each < BIDDERS -> run bidder(each); each++
    :: else -> break
    od
  }
}

#define stray(b) (holds[b] && winner != b && !released[b])
#define both(a, b) (holds[a] && holds[b] && !declined[a] && !declined[b])

/* One award at a time. */
active proctype watch() {
end:
  if
  /* When all is over, whoever holds the task besides the winner was told that it does not. */
  :: atomic { ended && (stray(0) || stray(1)) -> assert(false) }
  /* Of two that hold it at once, one has been given up. */
  :: atomic { both(0, 1) -> assert(false) }
  fi
}

/* Termination. */
ltl ends { <> ended }

#ifdef RELIABLE
/* Without losses the winner alone is left with the task. */
ltl firstAlone { <> [] (holds[0] -> winner == 0) }
ltl lastAlone { <> [] (holds[1] -> winner == 1) }
#endif
