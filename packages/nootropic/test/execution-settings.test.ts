import { parseManifestSet } from '@nootropic/core/manifest'
import { defaultExecutionPolicy } from '@nootropic/runtime'
import { expect, test } from 'vitest'
import { executionSettings } from '../src/execution-settings.ts'
import { sandboxSettings } from '../src/sandbox-settings.ts'

const manifest = (kind: string, spec: object): string =>
  JSON.stringify({ apiVersion: 'security.nootropic.ai/v1', kind, metadata: { name: 'test' }, spec })

const parse = (...documents: string[]) =>
  parseManifestSet(documents.map((text, index) => ({ path: `${index}.yaml`, text })))

const settingsOf = (...documents: string[]) => executionSettings(parse(...documents))

const types = (...names: string[]) => names.map((type) => ({ type }))

test('without a manifest everything is done, and what does not fit is refused', () => {
  expect(settingsOf()).toEqual({
    policy: defaultExecutionPolicy,
    rules: { disguisedText: 'refuse', secrets: 'withhold', unsound: 'withhold' },
    runsInWorkers: true,
  })
})

test('an InputValidation manifest wants the checks it names and no others', () => {
  const content = settingsOf(
    manifest('InputValidation', { validation: types('content'), filtering: types('local', 'strict') }),
  )
  expect(content.policy.runtime.inputValidation).toEqual({
    ...{ sanitization: true, sizeLimits: true, formatVerification: false },
  })
  expect(content.rules.disguisedText).toBe('refuse')
  const format = settingsOf(manifest('InputValidation', { validation: types('format'), filtering: types('local') }))
  expect(format.policy.runtime.inputValidation).toMatchObject({ sanitization: false, formatVerification: true })
  // Without `strict` an input is mended where it can be.
  expect(format.rules.disguisedText).toBe('sanitise')
})

test('an OutputFiltering manifest wants the filters it names and no others', () => {
  const content = settingsOf(manifest('OutputFiltering', { filters: types('content'), monitoring: types('local') }))
  expect(content.policy.runtime.outputValidation).toMatchObject({ contentFiltering: true, privacyCheck: true })
  expect(content.rules).toMatchObject({ secrets: 'withhold', unsound: 'ignore' })
  const safety = settingsOf(manifest('OutputFiltering', { filters: types('safety'), monitoring: types('audit') }))
  expect(safety.policy.runtime.outputValidation).toMatchObject({ contentFiltering: false, privacyCheck: false })
  expect(safety.rules).toMatchObject({ secrets: 'ignore', unsound: 'withhold' })
})

test('inference protection that is disabled removes the guards, whatever the policy says of them', () => {
  const memory = { protection: 'enabled', isolation: 'process' }
  const { policy } = settingsOf(
    manifest('ModelRuntimeProtection', { memory, inference: { protection: 'disabled', validation: 'strict' } }),
  )
  expect([policy.execution.preExecution.inputValidation, policy.execution.postExecution.outputValidation]).toEqual([
    ...[false, false],
  ])
})

test('without isolation models run in this process, unless a manifest asks for workers', () => {
  const open = manifest('ModelSecurityPolicy', { execution: { execution: { isolation: false } } })
  const shared = manifest('ModelSecurityPolicy', { runtime: { isolation: { memoryIsolation: false } } })
  for (const policy of [open, shared]) expect(settingsOf(policy).runsInWorkers).toBe(false)
  const worker = manifest('ProcessIsolation', { isolation: types('process'), limits: types('cpu') })
  expect(() => settingsOf(open, worker)).toThrowError(
    /CONFIGURATION_INVALID|expected workers, as ProcessIsolation .* execution\.execution\.isolation/,
  )
})

const sandboxOf = (...documents: string[]) => {
  const settings = parse(...documents)
  return sandboxSettings(settings, executionSettings(settings).policy)
}

test('each switch about workers is in what the sandbox is asked for', () => {
  const all = sandboxOf()
  expect(all).toEqual({
    require: 'standard',
    limits: {},
    waive: [],
    cleanup: true,
    verifyHost: expect.any(Function),
    findCgroups: expect.any(Function),
  })
  const off = (spec: object) => sandboxOf(manifest('ModelSecurityPolicy', spec))
  expect(off({ runtime: { isolation: { networkIsolation: false } } }).waive).toEqual(['network'])
  expect(off({ runtime: { monitoring: { resourceUsage: false } } }).pool).toEqual({ usageMs: 0 })
  expect(off({ execution: { postExecution: { resourceCleanup: false } } }).cleanup).toBe(false)
  expect(off({ runtime: { isolation: { containerSecurity: false } } }).verifyHost).toBeUndefined()
  const { limits, findCgroups } = off({ execution: { execution: { resourceLimits: false } } })
  expect(findCgroups).toBeUndefined()
  expect(limits?.deadlineMs).toBeGreaterThan(86_400_000)
  expect(limits?.memoryBytes).toBeGreaterThan(512 * 1024 ** 2)
})

test('a ProcessIsolation manifest names the level and the limits', () => {
  const limits = [
    { type: 'memory', size: '512MiB' },
    { type: 'cpu', time: '90s' },
  ]
  expect(
    sandboxOf(manifest('ProcessIsolation', { isolation: types('process'), require: 'strong', limits })),
  ).toMatchObject({
    require: 'strong',
    limits: { memoryBytes: 512 * 1024 ** 2, cpuSeconds: 90 },
  })
})
