import { Readable } from 'node:stream'
import { createInflate } from 'node:zlib'
import { isNootropicError } from '@nootropic/core'
import { type Format, hasMagic, type Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { opensPickle } from '../pickle/recognise-pickle.ts'
import type { ByteSource } from '../source.ts'
import { pythonRules } from './rules.ts'

/** `ZF`, the size of the pickle as 19 characters of hexadecimal, zlib: joblib before 0.10 (`read_zfile`). */
const magic = 'ZF0x'
const lengthEnd = 21

const recogniseZfile = ({ head }: Sample) => (hasMagic(head, magic) ? 'certain' : undefined)

const windowLength = 2 ** 16

function* windowsOf(content: ByteSource, start: number): Generator<Uint8Array> {
  for (let offset = start; offset < content.size; offset += windowLength) yield content.read(offset, windowLength)
}

async function* inflated(content: ByteSource, start: number): AsyncGenerator<Uint8Array> {
  yield* Readable.from(windowsOf(content, start)).pipe(createInflate())
}

const inspectZfile = async (content: ByteSource, inspection: Inspection): Promise<void> => {
  const head = Buffer.from(content.read(0, lengthEnd + 1)).toString('latin1')
  // Python 2 wrote one character more; the reader of joblib skips a space there.
  const start = head[lengthEnd] === ' ' ? lengthEnd + 1 : lengthEnd
  const digits = /^0x([0-9a-fA-F]{1,16})L? *$/.exec(head.slice(2, lengthEnd))?.[1]
  try {
    const pickle = await inspection.expand(inflated(content, start))
    const declared = digits === undefined ? undefined : BigInt(`0x${digits}`)
    if (declared !== BigInt(pickle.size)) {
      inspection.report({
        rule: pythonRules['zfile-length'],
        message: `expected ${declared ?? 'a size in hexadecimal and as many'} bytes, found ${pickle.size}`,
        offset: 2,
      })
    }
    // The `.npy.z` files beside a pickle hold the items of one array, and nothing that says so.
    const isPickle = opensPickle(pickle, 0)
    const name = isPickle ? 'pickle' : 'array'
    await inspection.enter({ name, content: pickle, expected: isPickle ? 'pickle' : 'weights' })
  } catch (error) {
    if (isNootropicError(error, 'LIMIT_EXCEEDED')) throw error
    inspection.report({
      rule: pythonRules['zfile-length'],
      message: `expected a stream of zlib, found ${error instanceof Error ? error.message : String(error)}`,
      offset: start,
    })
    inspection.incomplete('not scanned: its compressed stream is broken')
  }
}

/** A compressed pickle of joblib before 0.10. */
export const joblibZfileFormat: Format = {
  name: 'joblib-zfile',
  title: 'compressed file of an old joblib',
  recognise: recogniseZfile,
  inspect: inspectZfile,
}
