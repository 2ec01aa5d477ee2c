import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { NootropicError, type Tensor } from '@nootropic/core'
import { modelBytes, readModelPackage } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'

const model = fileURLToPath(new URL('../../guard-a-model/models/digits', import.meta.url))
const pixels = 28 * 28

/** Reads a handwritten digit from a request's body: `{ "pixels": [784 numbers from 0 to 1] }`. */
export type ReadDigit = (body: string) => Promise<number>

const parsePixels = (body: string): Float32Array => {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    parsed = undefined
  }
  const values = (parsed as { pixels?: unknown } | null | undefined)?.pixels
  const isPicture = Array.isArray(values) && values.length === pixels && values.every(Number.isFinite)
  if (isPicture) return Float32Array.from(values as number[])
  throw new NootropicError('INPUT_INVALID', `expected { "pixels": [${pixels} numbers] }, found something else`)
}

/** Opens the digit classifier of the other examples. */
export const openDigits = async (): Promise<{ readDigit: ReadDigit; close: () => Promise<void> }> => {
  // A model of one's own; a stranger's is run in a sandbox (`createSandbox` of @nootropic/runtime).
  const session = await createInProcessSessions().open(modelBytes(await readModelPackage(model)))
  const readDigit: ReadDigit = async (body) => {
    const image = { type: 'float32', dims: [1, 1, 28, 28], data: parsePixels(body) } as const
    const outputs = await session.run({ image })
    const scores = [...((outputs.logits as Tensor).data as Float32Array)]
    return scores.indexOf(Math.max(...scores))
  }
  return { readDigit, close: () => session.close() }
}

const collections: { get(index: number): number[] }[] = createRequire(import.meta.url)('mnist')

/** The body that asks for a picture of `digit` that no training saw. */
export const pictureOf = (digit: number): string => JSON.stringify({ pixels: collections[digit]?.get(700) })
