import { timingSafeEqual } from 'node:crypto'

/** Whether two byte strings are equal, in time that depends on their lengths only. */
export const isEqualConstantTime = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && timingSafeEqual(left, right)
