import { runCommand } from '../../src/command.ts'

/** What a command line answered. */
export interface CommandAnswer {
  readonly exit: number
  readonly output: string
  readonly diagnostics: string
}

/**
 * Runs a command line in `directory`, with what a user answers at the terminal if there is one, and keeps what it writes.
 *
 * @param onInterrupt is given what Ctrl-C would call.
 */
export const runIn = async (
  directory: string,
  words: readonly string[],
  answers?: string[],
  onInterrupt?: (stop: () => void) => void,
): Promise<CommandAnswer> => {
  let output = ''
  let diagnostics = ''
  const exit = await runCommand(words, {
    output: (text) => {
      output += text
    },
    diagnostics: (text) => {
      diagnostics += text
    },
    ...(answers === undefined
      ? {}
      : {
          askSecret: async (question) => {
            diagnostics += question
            return Buffer.from(answers.shift() ?? '')
          },
        }),
    ...(onInterrupt === undefined
      ? {}
      : {
          onInterrupt: (stop: () => void) => {
            onInterrupt(stop)
            return () => {}
          },
        }),
    environment: {},
    directory,
  })
  return { exit, output, diagnostics }
}
