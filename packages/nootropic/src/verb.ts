import { NootropicError } from '@nootropic/core'

/** An option of a verb: what `parseArgs` needs, and what the help says. */
export interface OptionDescription {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  readonly multiple?: boolean
  readonly description: string
  /** What stands for the value in the help. */
  readonly value?: string
}

/** The options that every verb takes. */
export const everywhere: Readonly<Record<string, OptionDescription>> = {
  json: { type: 'boolean', description: 'one JSON document instead of text' },
  help: { type: 'boolean', short: 'h', description: 'this text' },
}

/** A command line, taken apart. */
export interface Invocation {
  readonly operands: readonly string[]
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
}

/** Where a command reads its surroundings and writes. */
export interface Streams {
  output(text: string): void
  diagnostics(text: string): void
  /** Writes to the terminal that diagnostics go to, when they go to one: for what is written over. */
  progress?(text: string): void
  /** Calls `stop` when the user presses Ctrl-C, instead of ending the program; until the answer is called, and only once. */
  onInterrupt?(stop: () => void): () => void
  /** Asks for a line at the terminal without showing it, where there is one. The caller wipes the answer. */
  askSecret?(question: string): Promise<Buffer>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly directory: string
}

/** What a verb answers: `document` for machines, `text` for people, the same content. */
export interface VerbResult {
  readonly exit: 0 | 1 | 4
  readonly document: Readonly<Record<string, unknown>>
  readonly text: string
}

/** One verb of the command: a thin face of one library function. */
export interface Verb {
  readonly name: string
  /** The operands as the help shows them. */
  readonly operands: string
  readonly summary: string
  readonly options: Readonly<Record<string, OptionDescription>>
  run(invocation: Invocation, streams: Streams): Promise<VerbResult>
}

/** The operand at `index`. @throws NootropicError `USAGE` when it was not given. */
export const operand = (invocation: Invocation, index: number, name: string): string => {
  const value = invocation.operands[index]
  if (value === undefined) throw new NootropicError('USAGE', `expected ${name}, got nothing`)
  return value
}

/** A text option, or `undefined`. */
export const textOption = (invocation: Invocation, name: string): string | undefined => {
  const value = invocation.options[name]
  return typeof value === 'string' ? value : undefined
}

/** The texts of an option that may be given several times. */
export const textOptions = (invocation: Invocation, name: string): readonly string[] => {
  const values = invocation.options[name]
  return Array.isArray(values) ? values : []
}

/** A text option that must be there. @throws NootropicError `USAGE` when it is not. */
export const requiredOption = (invocation: Invocation, name: string): string => {
  const value = textOption(invocation, name)
  if (value === undefined) throw new NootropicError('USAGE', `expected --${name}, got no such option`)
  return value
}
