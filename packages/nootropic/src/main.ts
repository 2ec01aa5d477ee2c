#!/usr/bin/env node
import { runCommand } from './command.ts'
import { createSecretPrompt } from './secret-prompt.ts'

// Who reads may stop reading: `nootropic list | head -1` is no failure. The exit code stays that of the verb.
process.stdout.on('error', () => {})

// A shell can stand in a directory that is gone; relative paths then name nothing, which is said when one is used.
const workingDirectory = (): string => {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}

// The second Ctrl-C ends the program as it always does.
const onInterrupt = (stop: () => void): (() => void) => {
  process.once('SIGINT', stop)
  return () => process.off('SIGINT', stop)
}

process.exitCode = await runCommand(process.argv.slice(2), {
  output: (text) => process.stdout.write(text),
  diagnostics: (text) => process.stderr.write(text),
  // A build server's terminal is none: what is written over there stays.
  ...(process.stderr.isTTY && process.env.CI === undefined
    ? { progress: (text: string) => process.stderr.write(text) }
    : {}),
  onInterrupt,
  ...(process.stdin.isTTY && process.stderr.isTTY
    ? { askSecret: createSecretPrompt(process.stdin, process.stderr) }
    : {}),
  environment: process.env,
  directory: workingDirectory(),
})
