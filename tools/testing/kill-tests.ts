import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { buildProgram, crash, type Kill } from './killed-process.ts'

/** A program that is killed (see `workUntilKilled`), and what must hold of what it leaves. */
interface KilledProgram<Said> {
  readonly source: URL
  verify(home: string, said: readonly Said[], label: string): Promise<void>
}

/** Lets a process die there; the number of its steps when it came to its end. */
type CrashAt = (kill: Kill) => Promise<number | undefined>

const withProgram = async <Said>(
  { source, verify }: KilledProgram<Said>,
  work: (crashAt: CrashAt) => Promise<void>,
): Promise<void> => {
  const program = buildProgram(source)
  try {
    await work((kill) => crash<Said>(program, kill, verify))
  } finally {
    rmSync(dirname(program), { recursive: true })
  }
}

const countSteps = async (crashAt: CrashAt, seed: number): Promise<number> => {
  const steps = await crashAt({ seed, step: Number.POSITIVE_INFINITY, mode: 'before' })
  if (steps === undefined) throw new Error('expected a process to come to its end where it is not killed')
  return steps
}

/** A test that kills one process at each of `kills` steps, evenly spread over all that it makes. */
export const testSomeKills = <Said>(title: string, program: KilledProgram<Said>, kills: number): void =>
  test(title, () =>
    withProgram(program, async (crashAt) => {
      const steps = await countSteps(crashAt, 1)
      expect(steps).toBeGreaterThan(kills)
      for (let kill = 0; kill < kills; kill += 1) {
        const step = Math.floor((kill * steps) / kills)
        expect(await crashAt({ seed: 1, step, mode: kill % 2 === 0 ? 'before' : 'torn' })).toBeUndefined()
      }
    }),
  )

const atOnce = 2
const longestMilliseconds = 30 * 60_000

/** A test that kills processes at every step of what they do, seed after seed, until there were `kills` of them. */
export const testManyKills = <Said>(title: string, program: KilledProgram<Said>, kills = 1000): void =>
  test(
    title,
    () =>
      withProgram(program, async (crashAt) => {
        const points: Kill[] = []
        for (let seed = 1; points.length < kills; seed += 1) {
          const steps = await countSteps(crashAt, seed)
          for (let step = 0; step < steps; step += 1)
            points.push({ seed, step, mode: (step + seed) % 2 === 0 ? 'before' : 'torn' })
        }
        const work = async (): Promise<void> => {
          for (let next = points.pop(); next !== undefined; next = points.pop()) {
            expect(await crashAt(next)).toBeUndefined()
          }
        }
        await Promise.all(Array.from({ length: atOnce }, work))
      }),
    longestMilliseconds,
  )
