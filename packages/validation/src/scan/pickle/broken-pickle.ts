/** Why a pickle ends before its STOP: CPython would raise there too, or a limit of ours is reached. */
export type BreakKind = 'unknown-opcode' | 'truncated' | 'refused' | 'limit'

/**
 * Ends the run of a pickle. What ran before it has run. It is no `Error`: prose that begins with an opcode's letter ends
 * so, and a stack trace would take longer than all the rest.
 */
export class BrokenPickle {
  readonly kind: BreakKind
  readonly message: string

  constructor(kind: BreakKind, message: string) {
    this.kind = kind
    this.message = message
  }
}

/** CPython's unpickler raises an error here. */
export const refused = (message: string): BrokenPickle => new BrokenPickle('refused', message)

/** The bytes end inside an opcode. */
export const truncated = (): BrokenPickle => new BrokenPickle('truncated', 'the bytes end inside an opcode')

/** A limit of the machine is reached: the rest is not looked at. */
export const limitReached = (message: string): BrokenPickle => new BrokenPickle('limit', message)
