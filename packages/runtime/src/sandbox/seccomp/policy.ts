import type { SystemCall } from './system-calls.ts'

/** Stands for the id of the process that the filter is made for. */
export const ownProcess = 'own process'

/** Holds when the argument, cut to `width` bits and masked, is one of the values. */
export interface Condition {
  readonly argument: 0 | 1 | 2 | 3 | 4 | 5
  /**
   * 32 where the kernel declares an int: it ignores the upper half then, and so must the filter. 64 for pointers and longs,
   * of which both halves are compared.
   */
  readonly width: 32 | 64
  readonly mask?: number
  readonly among: readonly (number | typeof ownProcess)[]
}

/** The errors that a refused call may see. By `none` it seems to succeed, and nothing was done. */
export const errors = { none: 0, EPERM: 1, EINVAL: 22, ENOTTY: 25, ENOSYS: 38 } as const
export type ErrorName = keyof typeof errors

/** A call that is allowed where all conditions of one alternative hold. */
export interface ConditionalRule {
  readonly anyOf: readonly (readonly Condition[])[]
  readonly otherwise: ErrorName
}

/**
 * What a process may ask of the kernel, on either architecture. A call that stands nowhere is refused with EPERM; one of
 * another architecture or ABI ends the process.
 */
export interface Policy {
  readonly allowed: readonly SystemCall[]
  readonly conditional: Readonly<Partial<Record<SystemCall, ConditionalRule>>>
  /** Refused with an error other than EPERM, because a library does something better then. */
  readonly refused: Readonly<Partial<Record<SystemCall, ErrorName>>>
  /** Only an attack makes these calls: they end the process (SIGSYS). */
  readonly killed: readonly SystemCall[]
}
