import { elementCount, type Signature, type Tensor, tensorArrays } from '@nootropic/core'
import type { WorkerMailbox } from './mailbox.ts'
import { mailboxAlignment, mailboxThreshold, type TensorHead } from './protocol.ts'
import { layOut } from './tensor-payload.ts'

/** Outputs that stand in the mailbox before they are computed, so that nothing needs to be copied there. */
export interface PlacedOutputs {
  /** Outputs for inputs like these; undefined when their shapes are not known, or when they belong into a frame. */
  place(inputs: readonly TensorHead[], mailbox: WorkerMailbox): Record<string, Tensor> | undefined
  /** Learns the shapes that inputs like these lead to. */
  learn(inputs: readonly TensorHead[], outputs: Readonly<Record<string, Tensor>>): void
  /** The shapes of the outputs depend on more than the shapes of the inputs. */
  giveUp(inputs: readonly TensorHead[]): void
}

// Inputs of ever new shapes are served as well, only not as fast (CWE-770).
const maximumKnown = 256

const keyOf = (heads: readonly TensorHead[]): string => JSON.stringify(heads.map(({ name, dims }) => [name, dims]))

export const createPlacedOutputs = ({ outputs }: Signature): PlacedOutputs => {
  type Shapes = ReadonlyMap<string, readonly number[]>
  const known = new Map<string, Shapes | 'varying'>()
  const set = (key: string, shapes: Shapes | 'varying'): void => {
    if (known.size >= maximumKnown) known.clear()
    known.set(key, shapes)
  }
  return {
    place(inputs, mailbox) {
      const shapes = known.get(keyOf(inputs))
      if (shapes === undefined || shapes === 'varying') return undefined
      const tensors: { name: string; make: (buffer: ArrayBuffer, offset: number) => Tensor; byteLength: number }[] = []
      for (const { name, type } of outputs) {
        const dims = shapes.get(name)
        // How long strings will be is not known.
        if (dims === undefined || type === 'string') return undefined
        const array = tensorArrays[type]
        const count = elementCount(dims)
        const make = (buffer: ArrayBuffer, offset: number) => ({ type, dims, data: new array(buffer, offset, count) })
        tensors.push({ name, make, byteLength: count * array.BYTES_PER_ELEMENT })
      }
      const byteLengths = tensors.map(({ byteLength }) => byteLength)
      const { offsets, end } = layOut(byteLengths, mailboxAlignment)
      const window = end > mailboxThreshold && end <= mailbox.outputBytes ? mailbox.window(end) : undefined
      if (window === undefined) return undefined
      const entries = tensors.map(({ name, make }, index) => {
        return [name, make(window.buffer, window.byteOffset + (offsets[index] ?? 0))] as const
      })
      return Object.fromEntries(entries)
    },
    learn(inputs, results) {
      const key = keyOf(inputs)
      if (!known.has(key)) set(key, new Map(Object.entries(results).map(([name, { dims }]) => [name, dims])))
    },
    giveUp: (inputs) => set(keyOf(inputs), 'varying'),
  }
}
