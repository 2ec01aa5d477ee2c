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

/** Runs stages one after the other, prints each as it ends, and gives back what it brought. */
export const createStages = (print: (line: string) => void) => {
  const ended: EndedStage[] = []
  return {
    ended: ended as readonly EndedStage[],
    async run<Outcome extends StageOutcome>(name: string, work: () => Promise<Outcome>): Promise<Outcome> {
      const start = performance.now()
      const outcome = await work()
      const { summary, findings = 0, details = [] } = outcome
      const seconds = (performance.now() - start) / 1000
      ended.push({ name, seconds, summary, findings, details })
      const number = String(ended.length).padStart(2)
      const count = `${findings} finding${findings === 1 ? '' : 's'}`
      print(`${number}  ${name.padEnd(24)} ${seconds.toFixed(2).padStart(6)} s  ${count.padEnd(12)} ${summary}`)
      for (const detail of details) print(`      ${detail}`)
      return outcome
    },
  }
}
