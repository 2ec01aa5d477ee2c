import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seccompFilter, seccompPolicies } from '../../src/sandbox/seccomp/filter.ts'
import { type Condition, ownProcess, type Policy } from '../../src/sandbox/seccomp/policy.ts'
import {
  type Architecture,
  architectures,
  auditArchitectures,
  type SystemCall,
  systemCallNumber,
} from '../../src/sandbox/seccomp/system-calls.ts'
import { interpret, verdictOf } from './interpreter.ts'

// libseccomp's compiler as the oracle: from the same policies, it must make a filter that lets the same calls through.

const own = 4321
const names: Readonly<Record<Architecture, string>> = { x64: 'X86_64', arm64: 'AARCH64' }

type Comparison = readonly [argument: number, mask: string, value: string]

/** Each way to choose one value for every condition: libseccomp knows no "one of". */
const choices = (conditions: readonly Condition[]): Comparison[][] =>
  conditions.reduce<Comparison[][]>(
    (chosen, { argument, width, mask, among }) =>
      chosen.flatMap((before) =>
        among.map((value): Comparison[] => [
          ...before,
          [argument, String(BigInt.asUintN(width, BigInt(mask ?? -1))), String(value === ownProcess ? own : value)],
        ]),
      ),
    [[]],
  )

const compile = (architecture: Architecture, { allowed, conditional }: Policy): Buffer => {
  const rules: [string, Comparison[]][] = [
    ...allowed.map((name): [string, Comparison[]] => [name, []]),
    ...Object.entries(conditional).flatMap(([name, { anyOf }]) =>
      anyOf.flatMap(choices).map((comparisons): [string, Comparison[]] => [name, comparisons]),
    ),
  ]
  const known = rules.filter(([name]) => systemCallNumber(name as SystemCall, architecture) !== undefined)
  try {
    return execFileSync('/usr/bin/python3', [fileURLToPath(new URL('libseccomp.py', import.meta.url))], {
      input: JSON.stringify({ architecture: names[architecture], rules: known }),
    })
  } catch (cause) {
    throw new Error('expected libseccomp for Python; install it with: apt install python3-seccomp', { cause })
  }
}

const kinds = architectures.flatMap((architecture) =>
  (['start', 'serve'] as const).map((stage) => ({ architecture, stage })),
)

test.each(kinds)('libseccomp lets the same calls through: $architecture $stage', ({ architecture, stage }) => {
  const policy = seccompPolicies[stage]
  const [ours, theirs] = [seccompFilter(architecture, stage, own), compile(architecture, policy)]
  const values = Object.values(policy.conditional).flatMap(({ anyOf }) =>
    anyOf.flat().flatMap(({ among }) => among.map((value) => BigInt(value === ownProcess ? own : value))),
  )
  const high = fc.constantFrom(0n, 0n, 0n, 1n << 32n, 1n << 63n)
  const near = fc.constantFrom(0n, 0n, 0n, 1n, 128n, 256n, 512n)
  const argument = fc
    .tuple(fc.constantFrom(...values), near, high)
    .map(([value, more, beyond]) => value + more + beyond)
  const isAllowed = (filter: Buffer, number: number, args: readonly bigint[]): boolean =>
    verdictOf(interpret(filter, { number, architecture: auditArchitectures[architecture], args })) === 'allow'
  const everyNumber = Array.from({ length: 512 }, (_, number) => number)
  const conditional = (Object.keys(policy.conditional) as SystemCall[]).flatMap(
    (name) => systemCallNumber(name, architecture) ?? [],
  )
  let timesAllowed = 0
  const property = fc.property(fc.array(argument, { minLength: 6, maxLength: 6 }), (args) => {
    const allowed = conditional.filter((number) => isAllowed(ours, number, args))
    timesAllowed += allowed.length
    expect(allowed).toEqual(conditional.filter((number) => isAllowed(theirs, number, args)))
  })
  fc.assert(property, { seed: 13, numRuns: 2000 })
  expect(timesAllowed).toBeGreaterThan(1000)
  expect(everyNumber.filter((number) => isAllowed(ours, number, []))).toEqual(
    everyNumber.filter((number) => isAllowed(theirs, number, [])),
  )
})
