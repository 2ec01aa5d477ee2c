/** Work that comes round: removing what has expired, ending an epoch. */
export interface Housekeeping {
  /** Does all of it now. Of what fails the others know nothing. */
  run(): Promise<void>
  stop(): Promise<void>
}

/** Does `tasks` every so many seconds, one after the other, and tells `onError` of one that failed. 0 seconds: never by itself. */
export const createHousekeeping = (
  tasks: readonly (() => Promise<unknown>)[],
  everySeconds: number,
  onError: (error: unknown) => void,
): Housekeeping => {
  let underWay: Promise<void> = Promise.resolve()
  const run = (): Promise<void> => {
    underWay = underWay.then(async () => {
      for (const task of tasks) await task().catch(onError)
    })
    return underWay
  }
  const timer = everySeconds > 0 ? setInterval(() => void run(), everySeconds * 1000) : undefined
  // To tidy up is no reason for a process to stay.
  timer?.unref()
  return {
    run,
    async stop() {
      clearInterval(timer)
      await underWay
    },
  }
}
