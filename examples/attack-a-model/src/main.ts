import { fileURLToPath } from 'node:url'
import { isNootropicError } from '@nootropic/core'
import { examineDigits } from './examine.ts'

try {
  const output = fileURLToPath(new URL('../output', import.meta.url))
  await examineDigits(output, { perDigit: 20, print: console.log })
} catch (error) {
  if (!isNootropicError(error)) throw error
  console.error(`${error.code}: ${error.message}`)
  process.exitCode = 1
}
