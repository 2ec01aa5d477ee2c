import { expect, test } from 'vitest'
import { causeOfEnd, signalOf } from '../../src/sandbox/worker-end.ts'

const run = { seconds: 10, cpuSeconds: undefined, processors: 2 }
const exit = (exitCode: number) => ({ exitCode, signal: null })
const by = (signal: NodeJS.Signals) => ({ exitCode: null, signal })

test('a signal that only others send means that the run is not to blame', () => {
  for (const end of [by('SIGKILL'), by('SIGTERM'), exit(137), exit(143)]) {
    expect(causeOfEnd(end, run)).toBe('killed from outside')
  }
})

test('a fault, a refused call, a limit or an exit is the work of the run', () => {
  const faults = [
    'SIGSEGV',
    'SIGABRT',
    'SIGILL',
    'SIGBUS',
    'SIGFPE',
    'SIGSYS',
    'SIGXCPU',
    'SIGXFSZ',
    'SIGTRAP',
  ] as const
  const codes = [0, 1, 7, 134, 139, 159, 255]
  for (const end of [...faults.map(by), ...codes.map(exit)]) expect(causeOfEnd(end, run)).toBe('died of the run')
})

test('a kill by a limit of processor time is the work of a run that can have used it all up, and of no other', () => {
  expect(causeOfEnd(by('SIGKILL'), { ...run, cpuSeconds: 21 })).toBe('killed from outside')
  expect(causeOfEnd(by('SIGKILL'), { ...run, cpuSeconds: 20 })).toBe('died of the run')
  expect(causeOfEnd(exit(137), { ...run, cpuSeconds: 3 })).toBe('died of the run')
})

test('what held a worker tells its signal as an exit code', () => {
  expect([exit(137), exit(139), by('SIGBUS'), exit(3), exit(128), exit(255)].map(signalOf)).toEqual([
    'SIGKILL',
    'SIGSEGV',
    'SIGBUS',
    undefined,
    undefined,
    undefined,
  ])
})
