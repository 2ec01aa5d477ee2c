import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { numberOf, systemCallNames } from '../../src/sandbox/native/system-call-numbers.ts'
import { type Architecture, architectures } from '../../src/sandbox/seccomp/system-calls.ts'
import { testedNumber, testedNumbers } from './attempts.ts'

const oracles: Readonly<Record<Architecture, string>> = { x64: 'x86_64', arm64: 'aarch64' }

/** What libseccomp calls a call; undefined (below zero there) where the architecture has none of that name. */
const resolve = (name: string, architecture: Architecture): number | undefined => {
  try {
    const number = Number(execFileSync('scmp_sys_resolver', ['-a', oracles[architecture], name], { encoding: 'utf8' }))
    return number < 0 ? undefined : number
  } catch (cause) {
    throw new Error('expected scmp_sys_resolver of libseccomp; install it with: apt install seccomp', { cause })
  }
}

test.each(architectures)('every system call of %s has the number that libseccomp knows', (architecture) => {
  const ours = systemCallNames.map((name) => [name, numberOf(name, architecture)])
  expect(ours).toEqual(systemCallNames.map((name) => [name, resolve(name, architecture)]))
  const tested = Object.keys(testedNumbers).map((name) => [name, testedNumber(name, architecture)])
  expect(tested).toEqual(Object.keys(testedNumbers).map((name) => [name, resolve(name, architecture)]))
})
