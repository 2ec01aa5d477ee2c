import { expect, test } from 'vitest'
import { defaultPolicy, manifestSettings, notYetEnforced, parseManifestSet } from '../../src/manifest/index.ts'
import { manifestText, template, templates } from './templates.ts'

test('settings are named by the words of the format, entries of lists by what tells them apart', () => {
  const { manifests } = parseManifestSet(templates)
  const paths = manifests.flatMap((manifest) =>
    manifestSettings(manifest).map(({ path }) => `${manifest.kind}:${path}`),
  )
  for (const expected of [
    'AdversarialTesting:attacks.fgsm',
    'AdversarialTesting:attacks.fgsm.epsilon',
    'AdversarialTesting:schedule.frequency',
    'DependencyScanning:tools.local-scanner',
    'InferenceMonitoring:metrics.latency',
    'ModelPermissions:files.mode',
    'ModelVulnerabilityScanning:severity.critical',
    'ModelWatermarking:metadata.owner',
    'RobustnessTesting:tests.blur.kernel',
    'ThreatDetection:alerts.critical.channel',
    'ModelSecurityPolicy:access.auditLogging.accessLogs',
  ]) {
    expect(paths).toContain(expected)
  }
  expect(paths.filter((path) => /[~/\d[\]]/.test(path))).toEqual([])
})

test('the policy has every switch of its nine groups', () => {
  const settings = manifestSettings(defaultPolicy)
  expect(Object.keys(defaultPolicy.spec)).toHaveLength(9)
  expect(settings.filter(({ value }) => value === true)).toHaveLength(85)
  expect(settings.filter(({ value }) => typeof value === 'number')).toHaveLength(6)
})

test('what nothing honours is listed with its place, and what is honoured is not', () => {
  const text = template('adversarial.yaml')
  const set = parseManifestSet([
    { path: 'a.yaml', text },
    { path: 'p.yaml', text: manifestText('ModelSecurityPolicy', {}) },
  ])
  const everything = notYetEnforced(set, new Set())
  expect(everything.filter(({ kind }) => kind === 'ModelSecurityPolicy')).toHaveLength(91)

  const enforced = new Set([
    'AdversarialTesting:attacks.fgsm',
    'AdversarialTesting:attacks.fgsm.epsilon=0.03',
    'AdversarialTesting:attacks.pgd.steps=11',
  ])
  const left = notYetEnforced(set, enforced).filter(({ kind }) => kind === 'AdversarialTesting')
  expect(left.map(({ path }) => path)).toEqual([
    'attacks.pgd',
    'attacks.pgd.steps',
    'attacks.pgd.epsilon',
    'schedule.frequency',
    'schedule.duration',
  ])
  const line = text.split('\n').findIndex((row) => row.includes('steps: 10')) + 1
  expect(left).toContainEqual({
    file: 'a.yaml',
    line,
    column: 14,
    kind: 'AdversarialTesting',
    path: 'attacks.pgd.steps',
    message: 'AdversarialTesting: not yet enforced',
  })
})

test('switches of the default policy are listed too', () => {
  const set = parseManifestSet([{ path: 'a.yaml', text: template('adversarial.yaml') }])
  const listed = notYetEnforced(set, new Set()).filter(({ kind }) => kind === 'ModelSecurityPolicy')
  expect(listed).toHaveLength(91)
  expect(listed[0]).toMatchObject({
    file: '(default policy)',
    path: 'validation.securityChecks.codeAnalysis.vulnerabilityScan',
  })
})
