import { isNootropicError } from '@nootropic/core'
import { runDemo } from './demo.ts'

try {
  await runDemo(console.log)
} catch (error) {
  if (!isNootropicError(error)) throw error
  console.error(`${error.code}: ${error.message}`)
  process.exitCode = 1
}
