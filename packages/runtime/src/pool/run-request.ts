import type { Tensor } from '@nootropic/core'
import type { LoadedWorker } from '../sandbox/loaded-worker.ts'
import type { Stop } from '../sandbox/stop-signal.ts'
import { feedsByteLength, type InputIdentity, identityOf, type Tensors } from './feeds-digest.ts'

/** What a run gave, and the worker that gave it: what was proved of it, and which process it is. */
export interface Answer extends Pick<LoadedWorker, 'isolation' | 'pid'> {
  readonly outputs: Record<string, Tensor>
}

/** One run that somebody waits for. */
export interface RunRequest {
  readonly feeds: Tensors
  readonly identity: InputIdentity
  readonly byteLength: number
  readonly stop: Stop
  /** Settled once: whatever is said of the request later changes nothing. */
  readonly answer: Promise<Answer>
  resolve(answer: Answer): void
  reject(error: unknown): void
  /** How often it was run anew. */
  replays: number
  /** Whether it was in a batch that failed, and is no more run with others. */
  runsAlone: boolean
}

export const createRunRequest = (feeds: Tensors, stop: Stop): RunRequest => {
  let settle: Pick<RunRequest, 'resolve' | 'reject'> | undefined
  const answer = new Promise<Answer>((resolve, reject) => {
    settle = { resolve, reject }
  })
  const { resolve, reject } = settle as unknown as Pick<RunRequest, 'resolve' | 'reject'>
  return {
    feeds,
    identity: identityOf(feeds),
    byteLength: feedsByteLength(feeds),
    stop,
    answer,
    resolve,
    reject,
    replays: 0,
    runsAlone: false,
  }
}
