import { runCommand } from '../../src/command.ts'

/** What a command line answered. */
export interface CommandAnswer {
  readonly exit: number
  readonly output: string
  readonly diagnostics: string
}

/** Runs a command line in `directory`, with what a user answers at the terminal if there is one, and keeps what it writes. */
export const runIn = async (
  directory: string,
  words: readonly string[],
  answers?: string[],
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
    environment: {},
    directory,
  })
  return { exit, output, diagnostics }
}
