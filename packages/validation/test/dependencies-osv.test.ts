import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RangeEvent } from '../src/dependencies/osv/advisory.ts'
import { affects } from '../src/dependencies/osv/affects.ts'
import { cvssBaseScore } from '../src/dependencies/osv/severity.ts'
import { orderOf } from '../src/dependencies/osv/versions.ts'

const npm = orderOf('npm')
const python = orderOf('PyPI')

const isAffected = (version: string, events: readonly RangeEvent[], order = npm, versions: readonly string[] = []) =>
  affects({ ecosystem: '', name: '', versions, ranges: events.length === 0 ? [] : [events] }, version, order).isAffected

const event = (kind: RangeEvent['kind'], version: string): RangeEvent => ({ kind, version })

test('Python versions are ordered as PEP 440 orders them', () => {
  // The order of the standard's own examples ("Summary of permitted suffixes and relative ordering"), with epochs.
  const ordered = [
    '1.dev0',
    '1.0.dev456',
    '1.0a1',
    '1.0a2.dev456',
    '1.0a12.dev456',
    '1.0a12',
    '1.0b1.dev456',
    '1.0b2',
    '1.0b2.post345.dev456',
    '1.0b2.post345',
    '1.0rc1.dev456',
    '1.0rc1',
    '1.0',
    '1.0+abc.5',
    '1.0+abc.7',
    '1.0+5',
    '1.0.post456.dev34',
    '1.0.post456',
    '1.1.dev1',
    '1.10',
    '1!0.1',
  ]
  for (const [left, older] of ordered.entries()) {
    for (const [right, newer] of ordered.entries()) {
      expect([older, newer, Math.sign(python.compare(older, newer))]).toEqual([older, newer, Math.sign(left - right)])
    }
  }
  for (const [left, right] of [
    ['1.0', '1'],
    ['1.0.0', '1.0'],
    ['v1.0', '1.0'],
    ['1.0-1', '1.0.post1'],
    ['1.0ALPHA', '1.0a0'],
  ]) {
    expect(python.compare(left ?? '', right ?? '')).toBe(0)
  }
})

test('versions that would be compared wrongly count as none', () => {
  for (const version of ['2020.x', '1.0+1e5', '99999999999999999999', 'latest', ''])
    expect(python.isValid(version)).toBe(false)
  for (const version of ['1.0', '1!2.0rc1.post2.dev3+ubuntu.1']) expect(python.isValid(version)).toBe(true)
  expect(npm.isValid('latest')).toBe(false)
})

const pythonVersion = fc
  .tuple(
    fc.constantFrom('', '1!'),
    fc.array(fc.nat(12), { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', 'a1', 'b2', 'rc', '.alpha3'),
    fc.constantFrom('', '.post1', '-2', '.rev3'),
    fc.constantFrom('', '.dev0', '.dev4'),
  )
  .map(([epoch, release, pre, post, dev]) => `${epoch}${release.join('.')}${pre}${post}${dev}`)

test('the order of Python versions is a total one', () => {
  fc.assert(
    fc.property(pythonVersion, pythonVersion, pythonVersion, (a, b, c) => {
      expect(Math.sign(python.compare(a, b))).toBe(-Math.sign(python.compare(b, a)) + 0)
      if (python.compare(a, b) <= 0 && python.compare(b, c) <= 0) expect(python.compare(a, c)).toBeLessThanOrEqual(0)
      expect(python.compare(`${a}`, a)).toBe(0)
    }),
    { seed: 3, numRuns: 500 },
  )
})

test('a range takes in its first version and leaves out its fix, whatever the order of its events', () => {
  const events = [event('fixed', '1.2.3'), event('introduced', '1.0.0')]
  expect(
    ['0.9.9', '1.0.0-beta', '1.0.0', '1.2.3-rc.1', '1.2.2', '1.2.3', '2.0.0'].map((version) =>
      isAffected(version, events),
    ),
  ).toEqual([false, false, true, true, true, false, false])
})

test('a fault that came back, a last version and a limit', () => {
  const back = [
    event('introduced', '0'),
    event('fixed', '0.2.1'),
    event('introduced', '1.0.0'),
    event('fixed', '1.2.3'),
  ]
  expect(['0.2.0', '0.2.1', '0.9.0', '1.0.0', '1.2.3'].map((version) => isAffected(version, back))).toEqual([
    true,
    false,
    false,
    true,
    false,
  ])
  const last = [event('introduced', '0'), event('last_affected', '10.0.0')]
  expect(['9.5', '10.0', '10.0.0.post1', '10.0.1'].map((version) => isAffected(version, last, python))).toEqual([
    true,
    true,
    false,
    false,
  ])
  const limited = [event('introduced', '1.0'), event('limit', '2.0')]
  expect(['1.5', '2.0'].map((version) => isAffected(version, limited, python))).toEqual([true, false])
})

test('listed versions count beside ranges, and bounds that do not compare leave it unknown', () => {
  expect(isAffected('1.0', [], python, ['1.0.0'])).toBe(true)
  expect(isAffected('1.1', [], python, ['1.0.0'])).toBe(false)
  expect(isAffected('1.1', [event('introduced', '0'), event('fixed', 'soon')], python)).toBe('unknown')
  expect(isAffected('nightly', [event('introduced', '0'), event('fixed', '2.0')], python)).toBe('unknown')
})

test('CVSS v3 vectors have the scores that the standard gives its examples', () => {
  const scores = {
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H': 9.8,
    'CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H': 10,
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N': 6.1,
    'CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N': 6.4,
    'CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N': 3.1,
    'CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H': 7.8,
    'CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L': 4.2,
    'CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N': 0,
  }
  for (const [vector, score] of Object.entries(scores)) expect([vector, cvssBaseScore(vector)]).toEqual([vector, score])
  for (const vector of ['', 'AV:N', 'CVSS:3.1/AV:N', 'CVSS:4.0/AV:N/AC:L'])
    expect(cvssBaseScore(vector)).toBeUndefined()
})
