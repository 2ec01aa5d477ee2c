import type { Readable } from 'node:stream'
import { NootropicError } from '@nootropic/core'
import { failureSchema, workerErrorCodes } from './replies.ts'

// What of a worker's words is passed on, and how much.

// Enough for the first line of a loader's or bubblewrap's complaint; a worker could write for ever (CWE-770).
const maximumStderrLength = 4096

const printable = (text: string, length: number): string =>
  text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, length)

/** The first bytes of a stream as printable text, so far. */
export const readCapped = (stream: Readable): (() => string) => {
  let text = ''
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1').slice(0, maximumStderrLength - text.length)
  })
  return () => printable(text, maximumStderrLength)
}

/**
 * What is said in place of a worker's words once it was sent inputs. Messages go on record and reach whoever asked, past the
 * guards of outputs: a model that took its worker over would write there what it was sent.
 */
const withheld: Readonly<Record<string, string>> = {
  INPUT_INVALID: 'the model refused these inputs (its reason is withheld, as it may hold what was sent)',
  LIMIT_EXCEEDED: 'the outputs of this run are more than its worker may give: too many bytes, or too many texts',
}
const withheldMemory = 'the run needed more memory than its worker may have'
const withheldOther = 'the model could not be run (the reason of its worker is withheld, as it may hold what was sent)'

/** The error that a worker answered with. */
export const failureOf = (head: unknown, hasInputs: boolean): NootropicError => {
  const failure = failureSchema.safeParse(head)
  const said = failure.success ? printable(failure.data.message, 2000) : 'the worker gave no reason'
  const code = workerErrorCodes.find((known) => known === failure.data?.code)
  const isOutOfMemory = failure.data?.isOutOfMemory === true
  const details = isOutOfMemory ? { resource: 'memory' } : {}
  const fixed = isOutOfMemory ? withheldMemory : (withheld[code ?? ''] ?? withheldOther)
  const message = hasInputs ? fixed : said
  if (code !== undefined) return new NootropicError(code, message, { details })
  return new NootropicError('WORKER_FAILED', message, { details: { cause: 'broke the protocol' } })
}
