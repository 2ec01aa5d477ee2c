import { isAbsolute, relative, resolve, sep } from 'node:path'
import { type Invocation, type OptionDescription, operand, type Streams, textOptions } from '../verb.ts'

/** The model that a verb is called with. */
export interface ModelOperand {
  /** Absolute. */
  readonly path: string
  /** Paths inside the model to leave out. */
  readonly ignore: readonly string[]
  /** A path as people see it: relative where they named the model so. */
  shown(path: string): string
}

export const ignoreOption: OptionDescription = {
  type: 'string',
  value: 'PATH',
  multiple: true,
  description: 'a path inside the model to leave out, with what is below it (repeatable; no patterns)',
}

/** The model that the operand names, and what `--ignore` leaves out of it. @throws NootropicError `USAGE` without an operand */
export const modelOperand = (invocation: Invocation, { directory }: Streams): ModelOperand => {
  const typed = operand(invocation, 0, 'a model: a directory or a file')
  const path = resolve(directory, typed)
  const inside = (given: string): string => (isAbsolute(given) ? relative(path, given).split(sep).join('/') : given)
  return {
    path,
    ignore: textOptions(invocation, 'ignore').map(inside),
    shown: (absolute) => (isAbsolute(typed) ? absolute : relative(directory, absolute) || '.'),
  }
}
