import { NootropicError } from '@nootropic/core'

/** Lets one in at a time, in the order they came. */
export interface TurnQueue {
  /**
   * Resolves when it is one's turn, with the call that ends it.
   *
   * @throws the reason of `stop` when it aborts first; NootropicError `LIMIT_EXCEEDED` when too many wait
   */
  take(stop: AbortSignal): Promise<() => void>
}

/** @param length how many may wait beside the one whose turn it is. */
export const createTurnQueue = (length: number): TurnQueue => {
  const waiting: (() => void)[] = []
  let isTaken = false
  const end = () => {
    const next = waiting.shift()
    if (next === undefined) isTaken = false
    else next()
  }
  return {
    take(stop) {
      return new Promise((resolve, reject) => {
        if (stop.aborted) return reject(stop.reason)
        if (!isTaken) {
          isTaken = true
          return resolve(end)
        }
        if (waiting.length >= length) {
          return reject(
            new NootropicError(
              'LIMIT_EXCEEDED',
              `expected at most ${length} runs to wait for this worker; try again later`,
            ),
          )
        }
        const leave = () => {
          waiting.splice(waiting.indexOf(enter), 1)
          reject(stop.reason)
        }
        const enter = () => {
          stop.removeEventListener('abort', leave)
          resolve(end)
        }
        waiting.push(enter)
        stop.addEventListener('abort', leave, { once: true })
      })
    },
  }
}
