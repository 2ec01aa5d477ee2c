import { z } from 'zod'

/**
 * The name of somebody or something that rules speak of: bounded (CWE-770), and without characters that would break a line
 * of a log or a list (CWE-117) or that no store keeps as they are: half a character becomes another one there, and a rule
 * that forbids would not hold.
 */
export const nameSchema = z
  .string()
  .max(256)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'expected 1 to 256 characters without control characters')
