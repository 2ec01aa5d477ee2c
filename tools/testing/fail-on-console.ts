import { afterEach, beforeEach, expect, vi } from 'vitest'

// A library must not write to its host's console: a test during which one of these is called fails.
const silent = ['log', 'info', 'warn', 'error', 'debug'] as const

beforeEach(() => {
  for (const method of silent) vi.spyOn(console, method)
})

afterEach(() => {
  const calls = silent.flatMap((method) => vi.mocked(console[method]).mock.calls.map((call) => [method, ...call]))
  vi.restoreAllMocks()
  expect(calls, 'stray console output').toEqual([])
})
