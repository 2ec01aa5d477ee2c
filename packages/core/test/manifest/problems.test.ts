import { expect, test } from 'vitest'
import { isNootropicError } from '../../src/index.ts'
import {
  formatManifestProblems,
  type ManifestProblem,
  manifestLimits,
  parseManifestSet,
  parseManifests,
} from '../../src/manifest/index.ts'
import { manifestText, template } from './templates.ts'

const problemsOf = (text: string): readonly ManifestProblem[] => {
  try {
    parseManifests(text, { path: 'm.yaml' })
  } catch (error) {
    if (!isNootropicError(error, 'MANIFEST_INVALID')) throw error
    const problems = error.details.problems as readonly ManifestProblem[]
    expect(error.message).toBe(formatManifestProblems(problems))
    return problems
  }
  return []
}
const linesOf = (text: string): string[] => formatManifestProblems(problemsOf(text)).split('\n').filter(Boolean)

/** A document with block style, so that positions are easy to count. */
const inference = `apiVersion: security.nootropic.ai/v1
kind: InferenceMonitoring
metadata:
  name: test
spec:
  metrics:
    - latency
  alerts:
    - type: latency
      threshold: 100ms
`

test('the document that the other tests spoil is valid', () => {
  expect(linesOf(inference)).toEqual([])
})

test('an unknown key is named at the key, with what it may have meant', () => {
  expect(linesOf(inference.replace('threshold', 'treshold'))).toEqual([
    'm.yaml:9:7 spec.alerts[0].threshold: missing "threshold": expected a duration above zero: one number and one of ms, s, m, h, d, w, such as 100ms or 2h',
    'm.yaml:10:7 spec.alerts[0].treshold: unknown key "treshold"; did you mean "threshold"?',
  ])
  expect(linesOf(inference.replace('spec:', 'colour: red\nspec:'))).toEqual([
    'm.yaml:5:1 colour: unknown key "colour"; expected one of apiVersion, kind, metadata, spec',
  ])
})

test('an unknown choice is named at its value, with what it may have meant', () => {
  expect(linesOf(inference.replace('- latency', '- latancy'))).toEqual([
    'm.yaml:7:7 spec.metrics[0]: expected one of latency, throughput, error_rate; found "latancy"; did you mean "latency"?',
  ])
  expect(linesOf(inference.replace('type: latency', 'type: errorRate'))).toEqual([
    'm.yaml:9:13 spec.alerts[0].type: expected one of latency, error_rate; found "errorRate"; did you mean "error_rate"?',
  ])
  expect(linesOf(inference.replace('InferenceMonitoring', 'InferenceMonitor'))).toEqual([
    'm.yaml:2:7 kind: expected one of 23 choices; found "InferenceMonitor"; did you mean "InferenceMonitoring"?',
  ])
})

test('a value of the wrong form names the form and what was found', () => {
  expect(linesOf(inference.replace('100ms', '100'))[0]).toMatch(
    /^m\.yaml:10:18 spec\.alerts\[0\]\.threshold: expected a duration .* found the number 100$/,
  )
  expect(linesOf(inference.replace(/spec:.*/s, 'spec:\n'))).toEqual(['m.yaml:5:6 spec: expected a map; found nothing'])
  expect(linesOf('- a\n')).toEqual(['m.yaml:1:1: expected a map; found a list'])
  expect(linesOf(manifestText('DependencyScanning', { tools: [], schedule: 'daily', scope: ['direct'] }))[0]).toMatch(
    /spec\.tools: expected at least 1 entry; found an empty list$/,
  )
})

test('every problem of a file is told, in the order of the places', () => {
  const spoiled = inference
    .replace('/v1', '/v3')
    .replace('test', 'Test')
    .replace('- latency', '- speed')
    .replace('100ms', 'soon')
  const problems = problemsOf(spoiled)
  expect(problems.map(({ line, path }) => [line, path])).toEqual([
    [1, 'apiVersion'],
    [4, 'metadata.name'],
    [7, 'spec.metrics[0]'],
    [10, 'spec.alerts[0].threshold'],
  ])
})

test('an older and a newer format say which they are', () => {
  expect(linesOf(inference.replace('/v1', '/v1beta1'))[0]).toContain('of an older format, rewrite it for v1')
  expect(linesOf(inference.replace('/v1', '/v0'))[0]).toContain('of an older format')
  expect(linesOf(inference.replace('/v1', '/v2'))[0]).toContain('of a newer format, install a newer nootropic')
  expect(linesOf(inference.replace('security.nootropic.ai', 'example.com'))[0]).toContain(
    'expected security.nootropic.ai/v1',
  )
})

test('an unquoted version that became a number must be quoted', () => {
  const watermarking = template('watermarking.yaml')
  for (const version of ['1.10', '1.0', '2', '1e3']) {
    expect(linesOf(watermarking.replace('version: 1.0.0', `version: ${version}`)), version).toEqual([
      expect.stringMatching(
        `spec.metadata\\[1\\].version: expected a version such as "1.0.0", in quotes: without them YAML reads a number; found the number ${version}$`,
      ),
    ])
    expect(linesOf(watermarking.replace('version: 1.0.0', `version: "${version}"`)), version).toEqual([])
  }
})

test('a claim has each of its four entries once', () => {
  const watermarking = template('watermarking.yaml')
  expect(linesOf(watermarking.replace('- license: MIT', '- owner: me'))).toEqual([
    expect.stringContaining('expected "- owner: …" once'),
    expect.stringContaining('expected "- license: …" once'),
  ])
  expect(linesOf(watermarking.replace('\n    - license: MIT', '\n      license: MIT'))[0]).toContain(
    'expected a map of one key',
  )
  expect(linesOf(watermarking.replace('timestamp: 2024-03-20', 'timestamp: 2024-02-30'))[0]).toContain(
    'expected a date',
  )
})

test('a path that is there twice is an error, because two modes cannot both hold', () => {
  const files = [
    { path: '~/a', mode: 600 },
    { path: '~/a', mode: 640 },
  ]
  expect(linesOf(manifestText('ModelPermissions', { files }))[0]).toMatch(/spec\.files: expected each path once/)
})

test('a key that is there twice names both lines, at whatever depth', () => {
  expect(linesOf(inference.replace('      threshold', '      type: latency\n      threshold'))).toEqual([
    'm.yaml:10:7 spec.alerts[0].type: duplicate key "type"; the first is on line 9',
  ])
})

test('two documents of one kind and name are an error that names both, across files', () => {
  const read = () =>
    parseManifestSet([
      { path: 'a.yaml', text: inference },
      { path: 'b.yaml', text: `---\n${inference}` },
    ])
  expect(read).toThrow(
    'b.yaml:5:9 metadata.name: a second InferenceMonitoring with the name "test"; the first is at a.yaml:4:9',
  )
  expect(parseManifests(`${inference}---\n${inference.replace('test', 'other')}`, { path: 'm.yaml' })).toHaveLength(2)
})

test('two policies are an error, whatever their names', () => {
  const text = `${manifestText('ModelSecurityPolicy', {}, 'a')}\n---\n${manifestText('ModelSecurityPolicy', {}, 'b')}`
  expect(linesOf(text)).toEqual([expect.stringContaining('a second ModelSecurityPolicy; the first is at m.yaml:1:')])
})

test('aliases, anchors, merge keys, tags and directives are errors', () => {
  const cases: [string, string][] = [
    [inference.replace('- latency', '- &a latency'), 'm.yaml:7:7: anchors (&name)'],
    [inference.replace('100ms', '*a'), 'm.yaml:10:18: aliases (*name)'],
    [inference.replace('100ms', '!!str 100ms'), 'm.yaml:10:18: tags (!name)'],
    [inference.replace('100ms', '!duration 100ms'), 'm.yaml:10:18: tags (!name)'],
    [`%YAML 1.1\n---\n${inference}`, 'm.yaml:1:1: directives (%NAME)'],
    [inference.replace('spec:', '<<: {}\nspec:'), 'm.yaml:5:1 ["<<"]: unknown key "<<"'],
  ]
  for (const [text, message] of cases) expect(linesOf(text).join('\n')).toContain(message)
})

test('a key that is no text is an error, and __proto__ is a key like any other', () => {
  expect(linesOf(`1: x\n${inference}`)).toEqual(['m.yaml:1:1: expected a key that is text'])
  expect(linesOf(`? [a]\n: b\n${inference}`)).toEqual(['m.yaml:1:3: expected a key that is text'])
  expect(linesOf(`__proto__: {}\n${inference}`)[0]).toContain('unknown key "__proto__"')
  expect(linesOf(inference.replace('metrics:', '__proto__: {}\n  metrics:'))[0]).toContain('unknown key "__proto__"')
})

test('what is not YAML, and what holds no manifest, is an error with a place', () => {
  expect(linesOf('a: {b\n')[0]).toMatch(/^m\.yaml:2:1: not YAML: /)
  expect(linesOf('\tx')[0]).toMatch(/^m\.yaml:1:1: not YAML: /)
  for (const text of ['', '\n\n', '# nothing\n', '---\n---\n']) {
    expect(linesOf(text), JSON.stringify(text)).toEqual([
      'm.yaml:1:1: no manifest here: expected apiVersion, kind, metadata and spec',
    ])
  }
})

test('over-long files, too many documents and too deep ones are refused by name', () => {
  expect(linesOf(`# ${'x'.repeat(manifestLimits.fileBytes)}`)).toEqual([
    'm.yaml:1:1: longer than the limit of 262144 bytes',
  ])
  expect(linesOf('--- a\n'.repeat(manifestLimits.documents + 1)).at(-1)).toMatch(
    /more documents in one file than the limit of 256$/,
  )
})

test('hostile nesting ends in an error and not in the end of the process', () => {
  for (const part of ['[', '{a: ', '- ', '? ', 'a: ', '[{']) {
    const lines = linesOf(part.repeat(Math.floor(40_000 / part.length)))
    expect(lines, part).toEqual([expect.stringContaining('inside each other deeper than the limit of 16')])
  }
})

test('windows line ends and a byte order mark change no position', () => {
  const text = `\uFEFF${inference.replace('100ms', 'soon').replaceAll('\n', '\r\n')}`
  expect(problemsOf(text).map(({ line, column }) => [line, column])).toEqual([[10, 18]])
})

test('a file of nothing but what is refused ends in an error that is short enough to read', () => {
  for (const part of ['&a ', '!a ', '"', '*a\n', '%a\n', 'k:\n']) {
    const lines = linesOf(part.repeat(Math.floor(manifestLimits.fileBytes / part.length)))
    expect(lines, part).toHaveLength(manifestLimits.problems + 1)
    expect(lines.at(-1), part).toMatch(/: [0-9]+ more problems after this$/)
  }
})
