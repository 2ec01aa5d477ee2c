/** What came of a call: `done`, or the code of its error and what it says. */
export type Outcome = readonly [call: string, code: string, said?: unknown]

/** For a program on a full disk: makes the calls one after the other, and prints what came of each. */
export const printOutcomes = async (calls: Readonly<Record<string, () => Promise<unknown>>>): Promise<void> => {
  const outcomes: Outcome[] = []
  for (const [name, call] of Object.entries(calls)) {
    try {
      outcomes.push([name, 'done', await call()])
    } catch (error) {
      const { code = 'an error without a code', message } = error as NodeJS.ErrnoException
      outcomes.push([name, code, message])
    }
  }
  process.stdout.write(JSON.stringify(outcomes))
}
