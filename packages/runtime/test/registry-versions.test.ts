import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareVersions } from '../src/semantic-version.ts'

test('versions are ordered as Semantic Versioning 2.0.0 says in section 11', () => {
  const ordered = [
    '0.0.1',
    '0.9.0',
    '0.10.0',
    '1.0.0-0',
    '1.0.0-2',
    '1.0.0-10',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0-rc.1.a-b',
    '1.0.0',
    '2.0.0',
    '2.1.0',
    '2.1.1',
    '9007199254740992.0.0',
    '9007199254740993.0.0',
  ]
  for (const [low, left] of ordered.entries()) {
    for (const [high, right] of ordered.entries()) {
      expect(Math.sign(compareVersions(left, right)), `${left} ${right}`).toBe(Math.sign(low - high))
    }
  }
})

test('the order is total: antisymmetric and transitive', () => {
  const identifier = fc.constantFrom('0', '1', '2', '10', 'a', 'b', '1a', 'a-1')
  const version = fc
    .tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.array(identifier, { maxLength: 3 }))
    .map(([major, minor, patch, rest]) => `${major}.${minor}.${patch}${rest.length === 0 ? '' : `-${rest.join('.')}`}`)
  fc.assert(
    fc.property(version, version, version, (first, second, third) => {
      expect(Math.sign(compareVersions(first, second))).toBe(-Math.sign(compareVersions(second, first)) || 0)
      if (compareVersions(first, second) <= 0 && compareVersions(second, third) <= 0) {
        expect(compareVersions(first, third)).toBeLessThanOrEqual(0)
      }
    }),
    { seed: 1, numRuns: 2000 },
  )
})
