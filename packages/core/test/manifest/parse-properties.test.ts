import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isNootropicError } from '../../src/index.ts'
import { type ManifestProblem, parseManifests } from '../../src/manifest/index.ts'
import { templates } from './templates.ts'

/** Parses; whatever comes of it, an error is ours and its places are in the text. */
const parse = (text: string): 'valid' | 'invalid' => {
  try {
    parseManifests(text, { path: 'm.yaml' })
    return 'valid'
  } catch (error) {
    if (!isNootropicError(error, 'MANIFEST_INVALID')) throw error
    const lines = text.split('\n')
    const problems = error.details.problems as readonly ManifestProblem[]
    expect(problems.length).toBeGreaterThan(0)
    for (const { line, column, message } of problems) {
      expect(line).toBeGreaterThanOrEqual(1)
      expect(line).toBeLessThanOrEqual(lines.length)
      expect(column).toBeGreaterThanOrEqual(1)
      expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1)
      expect(message).not.toContain('\n')
    }
    return 'invalid'
  }
}

const indicators = fc.constantFrom(
  ...[
    '\n',
    '  ',
    ': ',
    '- ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '#',
    '&a',
    '*a',
    '!t',
    '|',
    '>',
    "'",
    '"',
    '%',
    '@',
    '`',
    '---',
    '...',
    '\t',
    '\r',
    '\0',
    '\uFEFF',
    '<<',
    '0x',
    '~',
    'null',
    'spec',
    'kind',
    '__proto__',
    '\ud800',
    '\\',
  ],
)

test('arbitrary text is parsed or refused, never anything else', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(indicators, { maxLength: 60 }).map((parts) => parts.join('')),
      ),
      (text) => {
        parse(text)
      },
    ),
    { seed: 20_260_101, numRuns: 1000 },
  )
})

test('arbitrary data under the keys of a manifest is parsed or refused', () => {
  const kinds = templates.map(({ text }) => /^kind: (\w+)$/m.exec(text)?.[1] ?? '')
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.jsonValue({ maxDepth: 6 }), (kind, spec) => {
      parse(JSON.stringify({ apiVersion: 'security.nootropic.ai/v1', kind, metadata: { name: 'x' }, spec }))
    }),
    { seed: 20_260_102, numRuns: 400 },
  )
})

test('templates with a few characters changed, moved or removed are parsed or refused', () => {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat({ max: 12 }),
    insert: fc.oneof(indicators, fc.string({ maxLength: 4 })),
  })
  const outcomes = { valid: 0, invalid: 0 }
  fc.assert(
    fc.property(fc.constantFrom(...templates), fc.array(edit, { minLength: 1, maxLength: 2 }), ({ text }, edits) => {
      const mutated = edits.reduce((current, { at, remove, insert }) => {
        const start = Math.floor(at * current.length)
        return current.slice(0, start) + insert + current.slice(start + remove)
      }, text)
      outcomes[parse(mutated)] += 1
    }),
    { seed: 20_260_103, numRuns: 500 },
  )
  // Many edits fall into comments; that both happen shows that the property means something.
  expect(outcomes.valid).toBeGreaterThan(10)
  expect(outcomes.invalid).toBeGreaterThan(100)
})
