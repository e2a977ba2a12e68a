/** What a filter does about one system call: a check answers, or leaves the call to what comes after it. */
import { give, high, low, test, type Node } from './graph.ts';

/** @param otherwise where calls go that the check does not answer */
export type Check = (otherwise: Node) => Node;

/** SECCOMP_RET_* of linux/seccomp.h. One node each, so that the assembler writes them seldom. */
export const ALLOW = give(0x7fff0000);
export const NOTIFY = give(0x7fc00000);

const REFUSALS = new Map<number, Node>();

/** The call fails with this errno. */
export const refusal = (errno: number): Node => {
  const known = REFUSALS.get(errno) ?? give(0x00050000 | errno);
  REFUSALS.set(errno, known);
  return known;
};

export const always =
  (answer: Node): Check =>
  () =>
    answer;

/** Where the lower half of an argument has one of these bits. */
export const whenAny =
  (argument: number, bits: number, answer: Node): Check =>
  (otherwise) =>
    low(argument, test('any bit', bits, answer, otherwise));

/** Where the lower half of an argument, or the bits of it in `mask`, is one of these values. */
export const whenOneOf =
  (argument: number, values: readonly number[], answer: Node, mask = 0xffffffff): Check =>
  (otherwise) =>
    low(
      argument,
      values.reduceRight((rest, value) => test('equal', value, answer, rest), otherwise),
      mask,
    );

/** Where all 64 bits of an argument are not zero: a pointer that is given. */
export const whenGiven =
  (argument: number, answer: Node): Check =>
  (otherwise) =>
    low(argument, test('equal', 0, high(argument, test('equal', 0, otherwise, answer)), answer));

/** One check after the other; what none answers is allowed. */
export const inOrder = (checks: readonly Check[]): Node =>
  checks.reduceRight<Node>((rest, check) => check(rest), ALLOW);
