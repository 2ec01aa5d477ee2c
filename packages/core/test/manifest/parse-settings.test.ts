import { expect, test } from 'vitest'
import { z } from 'zod'
import { isNootropicError } from '../../src/index.ts'
import { durationSchema, manifestLimits, parseSettings } from '../../src/manifest/index.ts'

const schema = z.strictObject({
  limits: z.array(z.strictObject({ name: z.string(), most: z.number().int().min(1) })).optional(),
  wait: durationSchema.optional(),
})

const problemsOf = (text: string): string[] => {
  try {
    parseSettings(schema, { path: 'access.yaml', text })
  } catch (error) {
    if (!isNootropicError(error, 'CONFIGURATION_INVALID')) throw error
    const lines = error.message.split('\n')
    expect(error.details.problems).toHaveLength(lines.length)
    return lines
  }
  return []
}

test('settings are read as the schema makes them; a file that says nothing is empty', () => {
  const text = 'limits:\n  - { name: a, most: 3 }\nwait: 5m\n'
  expect(parseSettings(schema, { path: 'a.yaml', text })).toEqual({ limits: [{ name: 'a', most: 3 }], wait: 300_000 })
  for (const empty of ['', '# nothing\n', '---\n']) expect(problemsOf(empty)).toEqual([])
  expect(parseSettings(schema, { path: 'a.yaml', text: '' })).toEqual({})
})

test('every problem is told with its place', () => {
  expect(problemsOf('limits:\n  - name: a\n    most: 0\n  - name: 5\nwiat: 5m\n')).toEqual([
    'access.yaml:3:11 limits[0].most: expected at least 1; found the number 0',
    'access.yaml:4:11 limits[1].name: expected text; found the number 5',
    'access.yaml:4:5 limits[1].most: missing "most": expected a number',
    'access.yaml:5:1 wiat: unknown key "wiat"; did you mean "wait"?',
  ])
  expect(problemsOf('- a\n')).toEqual(['access.yaml:1:1: expected a map; found a list'])
  expect(problemsOf('wait: &a 5m\n')).toEqual(['access.yaml:1:7: anchors (&name) are not used in manifests: remove it'])
  expect(problemsOf('wait: 5m\n---\nwait: 6m\n')).toEqual(['access.yaml:3:1: a second document: expected one'])
})

test('a text beyond the limit is not read', () => {
  expect(problemsOf(`#${'x'.repeat(manifestLimits.fileBytes)}\n`)).toEqual([
    `access.yaml:1:1: longer than the limit of ${manifestLimits.fileBytes} bytes`,
  ])
})
