import { parseArgs } from 'node:util'
import { closestWord, type ErrorKind, isNootropicError, NootropicError } from '@nootropic/core'
import { everywhere, type Invocation, type Streams, type Verb } from './verb.ts'
import { verbs } from './verbs.ts'
import { version } from './version.ts'

const exitCodes: Record<ErrorKind, number> = { refused: 1, usage: 2, internal: 3, incomplete: 4 }

/** The verbs of two words that begin with this one. */
const groupOf = (word: string | undefined): readonly Verb[] => verbs.filter(({ name }) => name.startsWith(`${word} `))

const findVerb = (words: readonly string[]): { verb: Verb; rest: readonly string[] } => {
  const verb = verbs.find(({ name }) => name.split(' ').every((part, index) => words[index] === part))
  if (verb) return { verb, rest: words.slice(verb.name.split(' ').length) }
  const group = groupOf(words[0]).map(({ name }) => name)
  if (group.length > 0) {
    const typed = words.slice(0, 2).join(' ')
    const near = closestWord(typed, group)
    throw new NootropicError(
      'USAGE',
      `expected ${group.join(' or ')}, got "${typed}"${near ? `; did you mean "${near}"?` : ''}`,
    )
  }
  const near = closestWord(
    words[0] ?? '',
    verbs.map(({ name }) => name),
  )
  throw new NootropicError(
    'USAGE',
    `expected a verb, got "${words[0]}"${near ? `; did you mean "${near}"?` : '.'} \`nootropic --help\` lists them`,
  )
}

const helpWords: readonly (string | undefined)[] = ['--help', '-h']

const summaries = (listed: readonly Verb[]): string => {
  const width = Math.max(...listed.map(({ name, operands }) => `${name} ${operands}`.length))
  return listed.map(({ name, operands, summary }) => `  ${`${name} ${operands}`.padEnd(width)}  ${summary}`).join('\n')
}

const explainGroup = (word: string, group: readonly Verb[]): string => `usage: nootropic ${word} <verb> [options]

${summaries(group)}

\`nootropic ${word} <verb> --help\` explains one.
`

const overview = (): string => `nootropic: protect the machine-learning models that run on this machine

usage: nootropic <verb> [options]

${summaries(verbs)}

\`nootropic <verb> --help\` explains one. Results go to stdout, everything else to stderr.
Exit codes: 0 clean, 1 findings or refused, 2 usage or configuration, 3 internal, 4 incomplete.
`

const explain = (verb: Verb): string => {
  const options = Object.entries({ ...verb.options, ...everywhere }).map(
    ([name, { type, short, description, value }]) => {
      const flag = `${short ? `-${short}, ` : ''}--${name}${type === 'string' ? ` ${value ?? 'VALUE'}` : ''}`
      return `  ${flag.padEnd(28)}  ${description}`
    },
  )
  return `usage: nootropic ${verb.name} ${verb.operands} [options]

${verb.summary}

${options.join('\n')}
`
}

const parse = (verb: Verb, words: readonly string[]): Invocation => {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: Object.fromEntries(
        Object.entries({ ...verb.options, ...everywhere }).map(([name, { type, short, multiple }]) => [
          name,
          { type, ...(short ? { short } : {}), ...(multiple ? { multiple } : {}) },
        ]),
      ),
      allowPositionals: true,
    })
    return { operands: positionals, options: values as Invocation['options'] }
  } catch (cause) {
    const [sentence] = (cause as Error).message.split('. ')
    throw new NootropicError('USAGE', `${sentence}. \`nootropic ${verb.name} --help\` lists the options`, { cause })
  }
}

// What is ignored would seem done: `scan a b` must not answer for `a` alone.
const verifyOperands = (verb: Verb, { operands }: Invocation): void => {
  const excess = operands[verb.operands.split(' ').filter((word) => word !== '').length]
  if (excess === undefined) return
  const usage = `nootropic ${verb.name} ${verb.operands}`.trim()
  throw new NootropicError('USAGE', `expected \`${usage}\`, got "${excess}" as well; name one thing a call`)
}

// Names of files and of tensors may hold what a terminal obeys (CWE-150).
const terminalText = (text: string): string => text.replaceAll(/[^\P{Cc}\n\t]/gu, '\uFFFD')

const asNootropicError = (thrown: unknown): NootropicError =>
  isNootropicError(thrown)
    ? thrown
    : new NootropicError('INTERNAL', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown })

/**
 * Runs one command line and resolves with its exit code; never throws, never prints a stack.
 *
 * @param words the command line after `nootropic`.
 */
export const runCommand = async (words: readonly string[], streams: Streams): Promise<number> => {
  const json = words.includes('--json')
  try {
    if (words[0] === '--version') {
      streams.output(`${version}\n`)
      return 0
    }
    if (words.length === 0 || helpWords.includes(words[0]) || words[0] === 'help') {
      streams.output(overview())
      return words.length === 0 ? exitCodes.usage : 0
    }
    const [word = ''] = words
    const group = groupOf(word)
    if (group.length > 0 && helpWords.includes(words[1])) {
      streams.output(explainGroup(word, group))
      return 0
    }
    const { verb, rest } = findVerb(words)
    const invocation = parse(verb, rest)
    if (invocation.options.help) {
      streams.output(explain(verb))
      return 0
    }
    verifyOperands(verb, invocation)
    const result = await verb.run(invocation, streams)
    streams.output(
      json ? `${JSON.stringify({ schemaVersion: 1, ...result.document }, null, 2)}\n` : terminalText(result.text),
    )
    return result.exit
  } catch (thrown) {
    const error = asNootropicError(thrown)
    const { code, message, details, kind } = error
    if (json) streams.output(`${JSON.stringify({ schemaVersion: 1, error: { code, message, details } }, null, 2)}\n`)
    streams.diagnostics(terminalText(`nootropic: ${code}: ${message}\n`))
    return exitCodes[kind]
  }
}
