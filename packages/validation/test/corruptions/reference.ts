import { createSeededRandom } from '@nootropic/core'
import { corruptTensor } from '../../src/behaviour/corruptions/corrupt-tensor.ts'
import type { CorruptionSeverity, PictureScale } from '../../src/behaviour/corruptions/corruption-description.ts'
import type { TensorCorruptionName } from '../../src/behaviour/corruptions/registry.ts'

/** What `tools/corruption-fixtures` writes: a picture, and what each corruption makes of it at each severity. */
export interface ReferenceCase {
  readonly scale: PictureScale
  readonly dims: readonly [number, number, number]
  readonly picture: string
  readonly severities: readonly CorruptionSeverity[]
  readonly results: Readonly<Record<string, readonly string[]>>
}

/** The fixtures hold 16 bits an element: half a unit of that, in 255ths. */
export const fixtureRounding = 0.002

/** Little-endian numbers of 16 bits. */
const decoded = (text: string): Float64Array => {
  const bytes = Buffer.from(text, 'base64')
  return Float64Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readUInt16LE(2 * index))
}

/** The greatest difference of any element from the reference, in units of 1/255, by corruption. */
export const greatestDifferences = (cases: readonly ReferenceCase[]): Map<string, number> => {
  const differences = new Map<string, number>()
  for (const { scale, dims, picture, severities, results } of cases) {
    const inputs = { type: 'float64', dims: [1, ...dims], data: decoded(picture).map((value) => value / 255) } as const
    for (const [name, expected] of Object.entries(results)) {
      severities.forEach((severity, place) => {
        const options = { severity, scale, domain: [0, 1], random: createSeededRandom(1) } as const
        const { data } = corruptTensor(name as TensorCorruptionName, inputs, options)
        decoded(expected[place] ?? '').forEach((value, index) => {
          const difference = Math.abs((data[index] ?? Number.NaN) - value / 65535) * 255
          if (!(difference <= (differences.get(name) ?? -1))) differences.set(name, difference)
        })
      })
    }
  }
  return differences
}
