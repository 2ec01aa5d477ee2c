import type { ModelBytes, SessionFactory } from '@nootropic/core'
import { NootropicError } from '@nootropic/core'
import { type OnnxModel, writeOnnx } from '@nootropic/core/formats'
import type { FloatTensor } from '../dataset.ts'
import { type BatchSize, inBatches, range, takeRows } from '../rows.ts'
import { buildIntervals, type IntervalRefusal } from './build-intervals.ts'

/** A box around each example. */
export interface Boxes {
  /** Batch first. */
  readonly lower: FloatTensor
  readonly upper: FloatTensor
}

/** Bounds of what a model can answer inside boxes; row-major, `width` a row. */
export interface Bounds {
  readonly least: Float64Array
  readonly greatest: Float64Array
  readonly width: number
}

/** A model whose intervals are open to be computed. Close it afterwards. */
export interface OpenIntervals {
  readonly isDerived: true
  /** @throws NootropicError `OUTPUT_INVALID` */
  bounds(boxes: Boxes): Promise<Bounds>
  close(): Promise<void>
}

/** Opens the interval model of `model`; see {@link buildIntervals}. */
export const openIntervals = async (
  model: OnnxModel,
  options: {
    readonly sessions: SessionFactory
    readonly probe: FloatTensor
    readonly batch: BatchSize
    readonly externalData?: ModelBytes['externalData']
    readonly output?: string
  },
): Promise<OpenIntervals | IntervalRefusal> => {
  const built = await buildIntervals(model, options)
  if (!built.isDerived) return built
  const { externalData } = options
  const session = await options.sessions.open({
    main: writeOnnx(built.model),
    ...(externalData === undefined ? {} : { externalData }),
  })
  const { names } = built
  return {
    isDerived: true,
    async bounds({ lower, upper }) {
      const rows = lower.dims[0] ?? 0
      const both = await inBatches(lower, options.batch, async (part, places) => {
        const outputs = await session.run({ [names.lower]: part, [names.upper]: takeRows(upper, places) })
        const least = (outputs[names.least]?.data ?? []) as ArrayLike<number>
        const greatest = (outputs[names.greatest]?.data ?? []) as ArrayLike<number>
        if (least.length === 0 || least.length !== greatest.length || least.length % places.length !== 0) {
          throw new NootropicError(
            'OUTPUT_INVALID',
            `expected bounds of ${places.length} examples, found ${least.length} and ${greatest.length} numbers`,
          )
        }
        const width = least.length / places.length
        const joined = new Float64Array(2 * least.length)
        for (const row of range(places.length)) {
          for (const column of range(width)) {
            joined[2 * row * width + column] = least[row * width + column] ?? Number.NaN
            joined[(2 * row + 1) * width + column] = greatest[row * width + column] ?? Number.NaN
          }
        }
        return joined
      })
      const width = rows === 0 ? 0 : both.length / rows / 2
      const half = (offset: number): Float64Array =>
        Float64Array.from({ length: rows * width }, (_, index) => {
          const row = Math.floor(index / width)
          return both[(2 * row + offset) * width + (index % width)] ?? Number.NaN
        })
      return { least: half(0), greatest: half(1), width }
    },
    close: () => session.close(),
  }
}
