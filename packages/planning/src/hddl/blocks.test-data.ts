/** A small domain that uses every part of the language that the reader knows. */
export const blocksDomain = `(define (domain blocks)
  (:requirements :typing :hierarchy :negative-preconditions)
  (:types block - thing table - thing thing)
  (:constants ground - table)
  (:predicates (on ?b - block ?t - thing) (held ?b - block) (empty))
  (:task put :parameters (?b - block ?t - thing))
  (:task clear :parameters (?t - thing) :precondition () :effect ())
  (:method already
    :parameters (?b - block ?t - thing)
    :task (put ?b ?t)
    :precondition (on ?b ?t)
    :subtasks ())
  (:method move
    :parameters (?b - block ?t ?from - thing)
    :task (put ?b ?t)
    :precondition (and (on ?b ?from) (not (on ?b ?t)))
    :subtasks (and
      (s1 (clear ?b)) (s2 (clear ?t)) (s3 (take ?b ?from)) (s4 (place ?b ?t)))
    :ordering (and (< s1 s2) (< s2 s3) (< s3 s4)))
  (:method is-clear
    :parameters (?t - thing)
    :task (clear ?t)
    :precondition (or (= ?t ground) (not (exists (?x - block) (on ?x ?t)))))
  (:method take-off
    :parameters (?t - block ?x - block)
    :task (clear ?t)
    :precondition (on ?x ?t)
    :ordered-subtasks (and (clear ?x) (take ?x ?t) (place ?x ground))
    :constraints (not (= ?x ?t)))
  (:action take
    :parameters (?b - block ?from - thing)
    :precondition (and (empty) (on ?b ?from) (forall (?x - block) (not (on ?x ?b))))
    :effect (and (held ?b) (not (empty)) (not (on ?b ?from)) (increase (total-cost) 2)))
  (:action place ; the last action
    :parameters (?b - block ?t - thing)
    :precondition (held ?b)
    :effect (and (not (held ?b)) (empty) (on ?b ?t))))
`;

export const blocksProblem = `(define (problem tower)
  (:domain blocks)
  (:objects a b c - block)
  (:htn :parameters () :ordered-subtasks (and (put b c) (put a b)))
  (:init (empty) (on a ground) (on b a) (on c b))
  (:goal (and (on a b) (on b c))))
`;
