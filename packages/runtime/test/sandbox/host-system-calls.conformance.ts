import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { numberOf, systemCallNames } from '../../src/sandbox/native/system-call-numbers.ts'

// libseccomp's tables are somebody else's reading of the kernel's.
const numbersBy = (machine: string): Map<string, number> => {
  const resolve = (name: string): number =>
    Number(execFileSync('scmp_sys_resolver', ['-a', machine, name], { encoding: 'utf8' }))
  try {
    return new Map(systemCallNames.map((name) => [name, resolve(name)]))
  } catch (cause) {
    throw new Error('expected scmp_sys_resolver; install it with: apt install seccomp', { cause })
  }
}

for (const [architecture, machine] of [
  ['x64', 'x86_64'],
  ['arm64', 'aarch64'],
] as const) {
  test(`the numbers of system calls on ${architecture} are libseccomp's`, () => {
    for (const [name, number] of numbersBy(machine)) {
      // A negative number stands for a call that the architecture does not have.
      const expected = number < 0 ? undefined : number
      expect([name, numberOf(name as (typeof systemCallNames)[number], architecture)]).toEqual([name, expected])
    }
  })
}
