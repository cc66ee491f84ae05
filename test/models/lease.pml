/*
 * The hand-over of a leased owner, whose former owner does not know that it is one: single writers by the journal's
 * sequence alone.
 *
 * Stands for packages/actor/src/entities (entity-state.ts, activation.ts), packages/actor/src/durable/append-fenced.ts
 * and, for goals, packages/goals/src/goal/journal.ts: whoever takes over appends that it does, expecting the record it
 * has read last, and every append after that expects the one before. Owners sleep for as long as they like, die, and
 * their answers from the journal are lost; the same append repeated is known by its id.
 *
 * Planted faults, of which each has to be found: NO_FENCE appends without expecting anything, NO_RECORD takes over
 * without saying so in the journal, NO_LOOK answers questions without a look at the journal, ASSUME_LOST takes an
 * append whose answer was lost for one that did not happen.
 */
#define OWNERS 2
#define LIVES 2
#define MOST 5 /* records */
#define nobody 255

/* The journal: how many records, who took over last, and how much has been written. */
byte last = 0;
byte taken = nobody;
byte stored = 0;
/* By owner: the sequence at which its append that was not answered lies, 0 for none. */
byte unheard[OWNERS];
/* Writes that a client was told are done. */
byte acknowledged = 0;
byte answered = 0;

/* Appends when the record before is the one expected. */
inline append(me, isTakeover, expected, done) {
  atomic {
    done = false;
    if
    :: unheard[me] != 0 -> done = true /* known by its id: appended before */
#ifdef NO_FENCE
    :: unheard[me] == 0 && last < MOST
#else
    :: unheard[me] == 0 && last == expected && last < MOST
#endif
       ->
       last++;
       done = true;
       if
       :: isTakeover -> taken = me
       :: else ->
          /* Nobody writes after another has taken over. */
          assert(taken == me);
          stored++
       fi;
       unheard[me] = last
    :: else
    fi
  }
}

proctype owner(byte me) {
  byte known, value, lives = 0;
  bool done;
life:
  if
  :: lives == LIVES -> goto over
  :: else -> lives++
  fi;
  /* Takes over: reads, and appends that it does, expecting what it has read. */
  atomic { unheard[me] = 0; known = last; value = stored };
#ifdef NO_RECORD
  taken = me;
#else
  append(me, true, known, done);
  if
  :: !done -> goto life
  :: else -> atomic { known = unheard[me]; unheard[me] = 0 }
  fi;
#endif
  do
  :: last < MOST ->
     append(me, false, known, done);
     if
     :: done ->
        if
        :: atomic { known = unheard[me]; unheard[me] = 0; value++; acknowledged++ }
        :: /* The answer is lost: it asks again under the same id, and is told. */
#ifdef ASSUME_LOST
           atomic { unheard[me] = 0 };
           append(me, false, known, done);
           if
           :: done -> atomic { known = unheard[me]; unheard[me] = 0; value++; acknowledged++ }
           :: else -> atomic { assert(stored == value || taken != me); goto life }
           fi
#else
           append(me, false, known, done);
           assert(done);
           atomic { known = unheard[me]; unheard[me] = 0; value++; acknowledged++ }
#endif
        :: atomic { unheard[me] = 0; goto life } /* it dies, and nobody is told */
        fi
     :: else -> goto life /* another has taken over */
     fi
  :: /* A question. It is answered from memory, after a look at where the journal is. */
     atomic {
       if
#ifdef NO_LOOK
       :: last <= MOST ->
#else
       :: last == known ->
#endif
          /* The answer knows of everything that anybody was told is done. */
          assert(value >= acknowledged);
          answered = 1
       :: else -> goto life
       fi
     }
  :: goto life /* it dies, or moves elsewhere */
  od;
over:
  skip
}

init {
  byte each = 0;
  atomic {
    do
    :: each < OWNERS -> run owner(each); each++
    :: else -> break
    od
  }
}

/* What was acknowledged is stored, and stays. */
ltl kept { [] (acknowledged <= stored) }

/* Writers change only by taking over: between two records of one owner there is none of the other. */
ltl recorded { [] (stored > 0 -> taken != nobody) }
