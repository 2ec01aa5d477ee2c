import { NootropicError } from '@nootropic/core'
import { readJson } from '../scan/configuration/json-reader.ts'

const refuse = (what: string, found: string): never => {
  throw new NootropicError('SIGNATURE_INVALID', `expected ${what} to be JSON, found ${found}`)
}

/**
 * Parses JSON of whoever signed: UTF-8, no key twice, bounded in depth and size. Two programs that read a key which stands
 * twice may each take another value (CWE-436).
 *
 * @param what as a message shall name it.
 * @throws NootropicError `SIGNATURE_INVALID`
 */
export const parseStrictJson = (bytes: Uint8Array, what: string): unknown => {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return refuse(what, 'bytes that are not UTF-8')
  }
  // The lenient reader bounds depth and values, and sees keys that stand twice; JSON.parse takes no liberties.
  const { duplicates, fault } = readJson(text)
  if (fault !== undefined) return refuse(what, `at ${fault.offset}: ${fault.message}`)
  if (duplicates[0] !== undefined) return refuse(what, `a key twice, at ${duplicates[0].offset}`)
  try {
    return JSON.parse(text)
  } catch (error) {
    return refuse(what, (error as Error).message.slice(0, 100))
  }
}
