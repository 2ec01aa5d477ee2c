#!/usr/bin/env node
import { runCommand } from './command.ts'

process.exitCode = await runCommand(process.argv.slice(2), {
  output: (text) => process.stdout.write(text),
  diagnostics: (text) => process.stderr.write(text),
  environment: process.env,
  directory: process.cwd(),
})
