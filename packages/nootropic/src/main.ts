#!/usr/bin/env node
import { runCommand } from './command.ts'

// Who reads may stop reading: `nootropic list | head -1` is no failure. The exit code stays that of the verb.
process.stdout.on('error', () => {})

process.exitCode = await runCommand(process.argv.slice(2), {
  output: (text) => process.stdout.write(text),
  diagnostics: (text) => process.stderr.write(text),
  environment: process.env,
  directory: process.cwd(),
})
