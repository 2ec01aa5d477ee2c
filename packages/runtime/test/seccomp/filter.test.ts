import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maximumInstructions } from '../../src/sandbox/seccomp/assemble.ts'
import { seccompFilter, seccompPolicies } from '../../src/sandbox/seccomp/filter.ts'
import { type Condition, ownProcess } from '../../src/sandbox/seccomp/policy.ts'
import {
  type Architecture,
  architectures,
  auditArchitectures,
  type SystemCall,
  systemCallNumber,
  systemCallNumbers,
} from '../../src/sandbox/seccomp/system-calls.ts'
import { type AttemptArgument, attempts, testedNumber } from './attempts.ts'
import { interpret, verdictOf } from './interpreter.ts'

const stages = ['start', 'serve'] as const
type Stage = (typeof stages)[number]
const own = 4321

const kinds = architectures.flatMap((architecture) =>
  stages.map((stage) => ({
    architecture,
    stage,
    filters: new Map([own, undefined].map((process) => [process, seccompFilter(architecture, stage, process)])),
  })),
)

const ask = (filter: Buffer, architecture: Architecture, number: number, args: readonly bigint[]): string =>
  verdictOf(interpret(filter, { number, architecture: auditArchitectures[architecture], args }))

/** The policy's word on a call, read from its data without a compiler. */
const holds = ({ argument, width, mask, among }: Condition, args: readonly bigint[], process: number | undefined) => {
  if (process === undefined && among.includes(ownProcess)) return true
  const masked = BigInt.asUintN(width, args[argument] ?? 0n) & BigInt(mask ?? 0xffff_ffff_ffff_ffffn)
  return among.some((value) => masked === BigInt(value === ownProcess ? (process ?? -1) : value))
}
const namesOf = (architecture: Architecture) => {
  const names = Object.keys(systemCallNumbers) as SystemCall[]
  return new Map(names.map((name) => [systemCallNumber(name, architecture), name]))
}
const names = { x64: namesOf('x64'), arm64: namesOf('arm64') }
const wordOf = (
  stage: Stage,
  architecture: Architecture,
  number: number,
  args: readonly bigint[],
  process: number | undefined,
): string => {
  const name = names[architecture].get(number)
  if (name === undefined) return number > 450 ? 'ENOSYS' : 'EPERM'
  const { allowed, conditional, refused, killed } = seccompPolicies[stage]
  const rule = conditional[name]
  if (rule !== undefined) {
    const isHeld = rule.anyOf.some((conditions) => conditions.every((condition) => holds(condition, args, process)))
    return isHeld ? 'allow' : rule.otherwise
  }
  if (allowed.includes(name)) return 'allow'
  return killed.includes(name) ? 'kill' : (refused[name] ?? 'EPERM')
}

/** Values that conditions name, near misses, and the same with bits in the upper half. */
const telling = [
  ...new Set(
    stages.flatMap((stage) =>
      Object.values(seccompPolicies[stage].conditional).flatMap(({ anyOf }) =>
        anyOf
          .flat()
          .flatMap(({ among, mask }) =>
            [...among.map((value) => (value === ownProcess ? own : value)), mask ?? 0].flatMap((value) => [
              BigInt(value),
              BigInt(value) + 1n,
              BigInt(value) | 0x180n,
              BigInt(value) + 2n ** 32n,
              BigInt(value) + 2n ** 63n,
            ]),
          ),
      ),
    ),
  ),
  0xffff_ffff_ffff_ffffn,
  0xffff_ffffn,
]
const argument = fc.oneof(fc.constantFrom(...telling), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))

describe.each(kinds)('$architecture $stage', ({ architecture, stage, filters }) => {
  test('every number from 0 to 600 gets the word of the policy, whatever the arguments', () => {
    const property = fc.property(
      fc.constantFrom(...filters.keys()),
      fc.array(argument, { minLength: 6, maxLength: 6 }),
      (process, args) => {
        const filter = filters.get(process) as Buffer
        const numbers = Array.from({ length: 601 }, (_, number) => number)
        expect(numbers.map((number) => ask(filter, architecture, number, args))).toEqual(
          numbers.map((number) => wordOf(stage, architecture, number, args, process)),
        )
      },
    )
    fc.assert(property, { seed: 5, numRuns: 20 })
  })

  test('every condition gets the word of the policy at the values that tell', () => {
    const calls = (Object.keys(seccompPolicies[stage].conditional) as SystemCall[]).flatMap((name) => {
      const number = systemCallNumber(name, architecture)
      return number === undefined ? [] : [number]
    })
    const property = fc.property(
      fc.constantFrom(...filters.keys()),
      fc.constantFrom(...calls),
      fc.array(argument, { minLength: 6, maxLength: 6 }),
      (process, number, args) => {
        const filter = filters.get(process) as Buffer
        expect(ask(filter, architecture, number, args)).toBe(wordOf(stage, architecture, number, args, process))
      },
    )
    fc.assert(property, { seed: 7, numRuns: 3000 })
  })

  test('what a hostile model would try, and what an honest one needs', () => {
    const filter = filters.get(own) as Buffer
    const numberFor = (value: AttemptArgument): bigint => {
      if (value === 'self') return BigInt(own)
      if (value === 'other') return 1234n
      return typeof value === 'string' ? 0x7fff_1234_5678n : BigInt(value)
    }
    const possible = attempts.filter(([, call]) => testedNumber(call, architecture) !== undefined)
    const found = possible.map(([what, call, args]) => {
      const number = testedNumber(call, architecture) as number
      return `${what}: ${ask(filter, architecture, number, args.map(numberFor))}`
    })
    expect(found).toEqual(possible.map(([what, , , start, serve]) => `${what}: ${stage === 'start' ? start : serve}`))
    expect(possible.length).toBeGreaterThan(100)
  })

  test('calls of another architecture or ABI end the process', () => {
    const filter = filters.get(own) as Buffer
    // i386, Arm, and the other of ours.
    const foreign = [0x40000003, 0x40000028, ...Object.values(auditArchitectures)]
    for (const audit of foreign.filter((one) => one !== auditArchitectures[architecture])) {
      expect(verdictOf(interpret(filter, { number: 0, architecture: audit, args: [] }))).toBe('kill')
    }
    // x32: write, execve, and the highest there is.
    for (const number of [0x40000001, 0x4000003b, 0x40000208, 0xffffffff]) {
      expect(ask(filter, architecture, number, [])).toBe('kill')
    }
    expect(ask(filter, architecture, 0x3fffffff, [])).toBe('ENOSYS')
  })

  test('the kernel takes it', () => {
    for (const filter of filters.values()) expect(filter.length / 8).toBeLessThan(maximumInstructions / 4)
  })
})

test('a policy says one thing of a call, and names only what it has a word for', () => {
  for (const policy of Object.values(seccompPolicies)) {
    const named = [
      ...policy.allowed,
      ...policy.killed,
      ...Object.keys(policy.conditional),
      ...Object.keys(policy.refused),
    ]
    expect(new Set(named).size).toBe(named.length)
  }
})

test('what may be done while serving, could be done at the start', () => {
  for (const architecture of architectures) {
    const [start, serve] = [seccompFilter(architecture, 'start', own), seccompFilter(architecture, 'serve', own)]
    const property = fc.property(fc.array(argument, { minLength: 6, maxLength: 6 }), (args) => {
      const allowed = Array.from({ length: 451 }, (_, number) => number).filter(
        (number) => ask(serve, architecture, number, args) === 'allow',
      )
      expect(allowed.filter((number) => ask(start, architecture, number, args) !== 'allow')).toEqual([])
    })
    fc.assert(property, { seed: 11, numRuns: 30 })
  }
})
