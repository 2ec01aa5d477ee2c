import type { Clock } from '@nootropic/core'

/** Shorter work shows no bar: it would only flicker. */
const patienceMs = 1000

const intervalMs = 100

const barWidth = 24

const nameWidth = 40

/** A bar on a terminal, for work that takes long. */
export interface ProgressBar {
  show(done: number, all: number, name: string): void
  /** Takes the bar away. */
  clear(): void
}

/** A bar that writes itself over and over with `write`. */
export const createProgressBar = (write: (text: string) => void, clock: Clock): ProgressBar => {
  const startedMs = clock.monotonicMs()
  let shownMs = Number.NEGATIVE_INFINITY
  return {
    show(done, all, name) {
      const nowMs = clock.monotonicMs()
      if (nowMs - startedMs < patienceMs || nowMs - shownMs < intervalMs) return
      shownMs = nowMs
      const filled = Math.round((done / Math.max(1, all)) * barWidth)
      // Names of files may hold what a terminal obeys (CWE-150).
      const tail = name.replaceAll(/[^\P{Cc}]/gu, '\uFFFD').slice(-nameWidth)
      write(`\r\x1b[K[${'#'.repeat(filled)}${' '.repeat(barWidth - filled)}] ${done}/${all} ${tail}`)
    },
    clear() {
      if (shownMs > 0) write('\r\x1b[K')
    },
  }
}
