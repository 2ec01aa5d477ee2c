import { type ErrorCode, NootropicError } from '@nootropic/core'
import { z } from 'zod'

/** Of a file in which every element is wrong only so many are told. */
const maximumProblems = 10

/**
 * What a JSON file of the user holds, as `schema` reads it.
 *
 * @param file.path as the user named it.
 * @param file.expected what should stand in it: `tensors`.
 * @throws NootropicError `code`, naming the file and what is wrong with it.
 */
export const parseJson = <Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  { path, expected, code }: { path: string; expected: string; code: ErrorCode },
): z.output<Schema> => {
  const refuse = (found: string, cause?: unknown): never => {
    throw new NootropicError(code, `expected ${expected} as JSON in ${path}, ${found}`, { cause })
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    return refuse('got what is not JSON', cause)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  return refuse(`got:\n${z.prettifyError({ issues: parsed.error.issues.slice(0, maximumProblems) })}`)
}
