/** What a stage tells of itself: one line, and how many findings it brought. */
export interface StageOutcome {
  readonly summary: string
  readonly findings?: number
  /** Lines below, for what a reader wants to see. */
  readonly details?: readonly string[]
}

/** A stage that has ended. */
export interface EndedStage extends Required<StageOutcome> {
  readonly name: string
  readonly seconds: number
}

/** Runs stages one after the other and prints each as it ends. */
export const createStages = (print: (line: string) => void) => {
  const ended: EndedStage[] = []
  return {
    ended: ended as readonly EndedStage[],
    async run(name: string, work: () => Promise<StageOutcome>): Promise<void> {
      const start = performance.now()
      const { summary, findings = 0, details = [] } = await work()
      const seconds = (performance.now() - start) / 1000
      ended.push({ name, seconds, summary, findings, details })
      const number = String(ended.length).padStart(2)
      const count = `${findings} finding${findings === 1 ? '' : 's'}`
      print(`${number}  ${name.padEnd(24)} ${seconds.toFixed(2).padStart(6)} s  ${count.padEnd(12)} ${summary}`)
      for (const detail of details) print(`      ${detail}`)
    },
  }
}
