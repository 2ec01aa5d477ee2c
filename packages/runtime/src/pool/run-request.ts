import type { Tensor } from '@nootropic/core'
import { feedsByteLength, type Tensors } from './feeds-digest.ts'

/** One run that somebody waits for. */
export interface RunRequest {
  readonly feeds: Tensors
  readonly byteLength: number
  readonly stop: AbortSignal
  /** Settled once: whatever is said of the request later changes nothing. */
  readonly answer: Promise<Record<string, Tensor>>
  resolve(outputs: Record<string, Tensor>): void
  reject(error: unknown): void
  /** How often it was run anew. */
  replays: number
  /** Whether it was in a batch that failed, and is no more run with others. */
  runsAlone: boolean
}

export const createRunRequest = (feeds: Tensors, stop: AbortSignal): RunRequest => {
  let settle: Pick<RunRequest, 'resolve' | 'reject'> | undefined
  const answer = new Promise<Record<string, Tensor>>((resolve, reject) => {
    settle = { resolve, reject }
  })
  const { resolve, reject } = settle as unknown as Pick<RunRequest, 'resolve' | 'reject'>
  return { feeds, byteLength: feedsByteLength(feeds), stop, answer, resolve, reject, replays: 0, runsAlone: false }
}
