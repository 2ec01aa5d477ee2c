import { actions, assemble, dataOffsets, type Step } from './assemble.ts'
import { type Condition, type ConditionalRule, type ErrorName, errors, ownProcess, type Policy } from './policy.ts'
import { servePolicy } from './serve-policy.ts'
import { startPolicy } from './start-policy.ts'
import { type Architecture, auditArchitectures, type SystemCall, systemCallNumber } from './system-calls.ts'

/** `start`: from before Node starts until the worker narrows itself. `serve`: from then on. */
export type SeccompStage = 'start' | 'serve'

export const seccompPolicies: Readonly<Record<SeccompStage, Policy>> = { start: startPolicy, serve: servePolicy }

/** Above are the calls of the x32 ABI, which reach the same kernel code by other numbers (__X32_SYSCALL_BIT). */
const x32Calls = 0x40000000

/**
 * The newest call that the policies have weighed (set_mempolicy_home_node, Linux 5.17). Younger ones do not exist for the
 * worker: a C library that knows them falls back to what it did before, as it would not after EPERM.
 */
const newestCall = 450

const allow: Step = { do: 'return', value: actions.allow }
const kill: Step = { do: 'return', value: actions.killProcess }
const fail = (error: ErrorName): Step => ({ do: 'return', value: actions.errno(errors[error]) })

const highHalf = (value: number): number => Math.floor(value / 2 ** 32)
const lowHalf = (value: number): number => value % 2 ** 32

/** The values to compare with; undefined where "this process" is among them and nobody told which that is. */
const valuesOf = ({ among }: Condition, process: number | undefined): number[] | undefined => {
  const values = among.map((value) => (value === ownProcess ? process : value))
  return values.every((value) => value !== undefined) ? values : undefined
}

/** Loads one half of an argument, and leaves of it what the mask has. */
const loadHalf = ({ argument, mask }: Condition, half: 'low' | 'high'): Step[] => {
  const offset = half === 'low' ? dataOffsets.lowHalf(argument) : dataOffsets.highHalf(argument)
  const masked =
    mask === undefined ? [] : [{ do: 'and', value: half === 'low' ? lowHalf(mask) : highHalf(mask) } as const]
  return [{ do: 'load', value: offset }, ...masked]
}

/** Goes on when the condition holds, else jumps to `failed`. Labels start with `name`. */
const checkCondition = (name: string, condition: Condition, values: readonly number[], failed: string): Step[] => {
  const held = `${name} held`
  const last = values.length - 1
  if (condition.width === 32) {
    const compare = values.map((value, index): Step => {
      const otherwise = index === last ? { no: failed } : {}
      return { do: 'jumpIfEqual', value: lowHalf(value), yes: held, ...otherwise }
    })
    return [...loadHalf(condition, 'low'), ...compare, { label: held }]
  }
  const compare = values.flatMap((value, index): Step[] => {
    const next = index === last ? failed : `${name} other than value ${index}`
    return [
      ...loadHalf(condition, 'high'),
      { do: 'jumpIfEqual', value: highHalf(value), no: next },
      ...loadHalf(condition, 'low'),
      { do: 'jumpIfEqual', value: lowHalf(value), yes: held, no: next },
      ...(index === last ? [] : [{ label: next }]),
    ]
  })
  return [...compare, { label: held }]
}

const checkRule = (call: SystemCall, rule: ConditionalRule, process: number | undefined): Step[] => [
  ...rule.anyOf.flatMap((conditions, index): Step[] => {
    const failed = `${call} not by way ${index}`
    const checks = conditions.flatMap((condition, place) => {
      const values = valuesOf(condition, process)
      return values === undefined ? [] : checkCondition(`${call} ${index}.${place}`, condition, values, failed)
    })
    return [...checks, allow, { label: failed }]
  }),
  fail(rule.otherwise),
]

/**
 * The seccomp filter of a stage, as packed `struct sock_filter[]`: for bubblewrap's `--seccomp`, or for seccomp(2).
 *
 * @param process the id of the process to be filtered, which execve keeps. Without it, conditions that name `ownProcess`
 * are left out, and only a process id namespace stands between the worker and the host's processes: give it where there is none.
 */
export const seccompFilter = (architecture: Architecture, stage: SeccompStage, process?: number): Buffer => {
  const { allowed, conditional, refused, killed } = seccompPolicies[stage]
  const steps: Step[] = [
    { do: 'load', value: dataOffsets.architecture },
    { do: 'jumpIfEqual', value: auditArchitectures[architecture], yes: 'own architecture' },
    kill,
    { label: 'own architecture' },
    { do: 'load', value: dataOffsets.systemCall },
    { do: 'jumpIfAtLeast', value: x32Calls, no: 'own numbers' },
    kill,
    { label: 'own numbers' },
    { do: 'jumpIfAtLeast', value: newestCall + 1, no: 'known numbers' },
    fail('ENOSYS'),
    { label: 'known numbers' },
  ]
  const on = (call: SystemCall, verdict: readonly Step[]): void => {
    const number = systemCallNumber(call, architecture)
    if (number === undefined) return
    const other = `other than ${call}`
    steps.push({ do: 'jumpIfEqual', value: number, no: other }, ...verdict, { label: other })
  }
  for (const [call, rule] of Object.entries(conditional))
    on(call as SystemCall, checkRule(call as SystemCall, rule, process))
  for (const call of allowed) on(call, [allow])
  for (const [call, error] of Object.entries(refused)) on(call as SystemCall, [fail(error)])
  for (const call of killed) on(call, [kill])
  return assemble([...steps, fail('EPERM')])
}
