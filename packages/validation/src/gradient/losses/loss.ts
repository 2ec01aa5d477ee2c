import type { TensorSpec } from '@nootropic/core'
import type { LogitSource } from '../head.ts'

/** What a loss adds to the graph. */
export interface Loss {
  /** The value that the way back starts from: the output, or what its last activation was applied to. */
  readonly from: string
  /** Name of the loss, one value an example. */
  readonly value: string
  /** Name of its slope with regard to `from`. */
  readonly slope: string
  /** The inputs that it adds, its labels first. */
  readonly inputs: readonly TensorSpec[]
}

/** The output that a loss is put behind. */
export interface LossSource {
  readonly output: string
  /** Its shape when the model was probed. */
  readonly shape: readonly number[]
  /** How it reads as class scores; nothing when it does not. */
  readonly head: LogitSource | undefined
  /** What a last sigmoid was applied to, if there is one. */
  readonly logits: string | undefined
}
