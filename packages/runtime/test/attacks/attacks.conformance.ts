import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errors } from '../../src/sandbox/seccomp/policy.ts'
import { closedToNobody, tools, withoutFirstBubblewrap, withoutLandlock, withoutRoot } from '../sandbox/host.ts'
import type { Outcome, Stage } from './assail.ts'
import { type Built, buildAttacks } from './build.ts'
import { attacks, open } from './catalogue.ts'
import type { Assignment } from './host-process.ts'
import { rawCalls } from './raw-calls.ts'

// Native code in the worker, as a model that took it over would run it, against every wall, before and after the second
// filter, under a host that is root and one that is not. What came of an attack is seen from outside.

let built: Built & { remove(): void }
beforeAll(() => {
  built = buildAttacks()
})
afterAll(() => built.remove())

const program = fileURLToPath(new URL('host-process.ts', import.meta.url))
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const patience = 400_000

const users = [
  { user: 'whoever runs this', prefix: [], why: '' },
  {
    user: 'an ordinary user',
    prefix: [tools.setpriv ?? '', '--reuid=65534', '--regid=65534', '--clear-groups', '--'],
    why: withoutRoot || closedToNobody,
  },
] as const
const walls = [
  { way: 'bubblewrap', without: withoutFirstBubblewrap },
  { way: 'Landlock', without: withoutLandlock },
] as const
const stages: readonly Stage[] = ['start', 'serve']

/** What a host of its own says that is started as one of the users. */
const tell = async (prefix: readonly string[], assignment: Omit<Assignment, 'built'>): Promise<Outcome[]> => {
  const { program: worker, addon, victim } = built
  const words = JSON.stringify({ ...assignment, built: { program: worker, addon, victim } } satisfies Assignment)
  const node = [process.execPath, '--conditions=@nootropic/source', '--import', loader, program, words]
  const [first = '', ...others] = [...prefix, ...node]
  const { stdout } = await promisify(execFile)(first, others, {
    env: { PATH: process.env.PATH, TSX_DISABLE_CACHE: '1' },
    maxBuffer: 16 * 1024 ** 2,
  })
  return JSON.parse(stdout)
}

const ofName = new Map(attacks.map((attack) => [attack.name, attack]))

const successful = (outcomes: readonly Outcome[]): Outcome[] => outcomes.filter(({ successes }) => successes.length > 0)

const describeSuccesses = (outcomes: readonly Outcome[]): string[] =>
  successful(outcomes).map(
    ({ name, successes, said }) => `${name} (${ofName.get(name)?.tries}): ${successes.join(', ')}; ${said}`,
  )

for (const { way, without } of walls) {
  for (const { user, prefix, why } of users) {
    for (const stage of stages) {
      const skipped = without || why
      describe.skipIf(skipped)(`${way}, ${user}, ${stage}${skipped}`, () => {
        test(
          'no attack comes through but those that are known to',
          async () => {
            const outcomes = await tell(prefix, { what: 'attacks', way, stage })
            expect(outcomes.map(({ name }) => name)).toEqual(attacks.map(({ name }) => name))
            const known = Object.entries(open).filter(
              ([, where]) => (where.way ?? way) === way && (where.stage ?? stage) === stage,
            )
            const unknown = outcomes.filter(({ name }) => known.every(([other]) => other !== name))
            expect(describeSuccesses(unknown)).toEqual([])
            expect(successful(outcomes).map(({ name }) => name)).toEqual(known.map(([name]) => name))
          },
          patience,
        )

        test(
          'every raw system call is refused as the filter says',
          async () => {
            const outcomes = await tell(prefix, { what: 'calls', way, stage })
            const found = outcomes.map(({ name, said }) => `${name}: ${refusalOf(said)}`)
            // Before a worker knows its own number, its namespace stands for the filter: the host has none there.
            const isNumbered = way === 'Landlock' || stage === 'serve'
            const expected = rawCalls.map((call) => {
              const isOfAnother = !isNumbered && numberedCalls.includes(call.what)
              return `${call.what}: ${isOfAnother ? 'ESRCH' : call[stage]}`
            })
            expect(found).toEqual(expected)
          },
          patience,
        )
      })
    }
  }
}

/** What the filter refuses of other processes only. */
const numberedCalls = ['a signal by tgkill', 'limits of the parent', 'processors of the parent']

/** The error's name; `kill` for an end by SIGSYS, told as a signal or as an exit code. */
const refusalOf = (said: string): string => {
  if (/signal SIGSYS|exit code 159/.test(said)) return 'kill'
  const error = Object.entries({ ...errors, ESRCH: 3 }).find(([, number]) => said.startsWith(`-${number} `))
  return error?.[0] ?? said
}

for (const { user, prefix, why } of users) {
  const skipped = why || (tools.setpriv === undefined ? ' (skipped: needs `apt install util-linux`)' : '')
  test.skipIf(skipped)(
    `the attacks of ${user} come through where nothing holds them${skipped}`,
    async () => {
      const outcomes = await tell(prefix, { what: 'controls', way: 'plain', stage: 'start' })
      const failed = outcomes.filter(({ name, successes }) => {
        const attack = ofName.get(name)
        return attack?.control !== 'depends' && attack !== undefined && !successes.includes(attack.success)
      })
      expect(failed).toEqual([])
      expect(successful(outcomes).length).toBeGreaterThan(100)
    },
    patience,
  )
}

test('there are as many attacks and raw calls as there should be, each once', () => {
  expect(ofName.size).toBe(attacks.length)
  expect(attacks.length).toBeGreaterThanOrEqual(200)
  expect(rawCalls.length).toBeGreaterThanOrEqual(180)
})
