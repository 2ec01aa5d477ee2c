import { type ErrorCode, type Finding, NootropicError, type Tensor } from '@nootropic/core'

/** Tensors by their names. */
export type Tensors = Readonly<Record<string, Tensor>>

/** Tensors that may go on, and what was done with them. */
export interface Guarded {
  readonly tensors: Record<string, Tensor>
  readonly changes: readonly string[]
  /** What was found and is only told. */
  readonly reported: readonly Finding[]
}

/** @throws NootropicError `code` with `details.findings`, when there are any */
export const verifyNothingFound = (findings: readonly Finding[], code: ErrorCode): void => {
  if (findings.length === 0) return
  throw new NootropicError(code, findings.map(({ message }) => message).join('; '), { details: { findings } })
}
