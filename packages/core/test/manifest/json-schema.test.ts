import { Ajv } from 'ajv'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { kindJsonSchema, manifestJsonSchema, manifestKinds, manifestSchema } from '../../src/manifest/index.ts'
import { templates } from './templates.ts'

// Formats stand beside patterns that say the same.
const ajv = new Ajv({ strict: true, strictRequired: false, validateFormats: false, allowUnionTypes: true })
const validate = ajv.compile(manifestJsonSchema())
const validators = new Map(manifestKinds.map((kind) => [kind, ajv.compile(kindJsonSchema(kind))]))

interface Document {
  readonly apiVersion: string
  readonly kind: (typeof manifestKinds)[number]
  readonly metadata: unknown
  readonly spec: unknown
}
const documents = templates.map(({ text }) => parseAllDocuments(text)[0]?.toJS() as Document)

test('the JSON Schemas accept every template, and only as its own kind', () => {
  expect(documents).toHaveLength(manifestKinds.length)
  for (const document of documents) {
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
    for (const [kind, validateKind] of validators) expect(validateKind(document), kind).toBe(kind === document.kind)
  }
})

test('fields with a default may be left out', () => {
  const policy = {
    apiVersion: 'security.nootropic.ai/v1',
    kind: 'ModelSecurityPolicy',
    metadata: { name: 'p' },
    spec: {},
  }
  expect(validate(policy)).toBe(true)
  expect(validate({ ...policy, spec: { recovery: { rollback: { dataRecovery: false } } } })).toBe(true)
  expect(validate({ ...policy, spec: { recovery: { rollback: { dataRecovry: false } } } })).toBe(false)
})

test('every field of every kind has a title and a description for editors', () => {
  const bare: string[] = []
  const visit = (schema: unknown, place: string): void => {
    if (Array.isArray(schema)) {
      for (const [index, inner] of schema.entries()) visit(inner, `${place}/${index}`)
    } else if (typeof schema === 'object' && schema !== null) {
      const { properties } = schema as { properties?: Record<string, { title?: string; description?: string }> }
      for (const [name, field] of Object.entries(properties ?? {})) {
        if (!field.title || !field.description) bare.push(`${place}/${name}`)
      }
      for (const [key, inner] of Object.entries(schema)) visit(inner, `${place}/${key}`)
    }
  }
  visit(manifestJsonSchema(), '')
  expect(bare).toEqual([])
})

test('patterns are in the common subset of regular expressions, which checkers in other languages know too', () => {
  // RE2 (kubeconform is written in Go) has no look-around and no back-references.
  const patterns = [...JSON.stringify(manifestJsonSchema()).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
    ([, text]) => JSON.parse(text ?? '""') as string,
  )
  expect(patterns.length).toBeGreaterThan(20)
  for (const pattern of patterns) expect(pattern).not.toMatch(/\(\?[=!<]|\\[1-9]|\\u/)
})

type Place = readonly (string | number)[]

const placesOf = (value: unknown, place: Place = []): Place[] =>
  typeof value === 'object' && value !== null
    ? [
        place,
        ...Object.entries(value).flatMap(([key, inner]) =>
          placesOf(inner, [...place, Array.isArray(value) ? Number(key) : key]),
        ),
      ]
    : [place]

const changeAt = (value: unknown, [head, ...rest]: Place, change: (value: unknown) => unknown): unknown => {
  if (head === undefined) return change(value)
  if (Array.isArray(value)) return value.map((inner, index) => (index === head ? changeAt(inner, rest, change) : inner))
  return Object.fromEntries(
    Object.entries(value as object).map(([key, inner]) => [key, key === head ? changeAt(inner, rest, change) : inner]),
  )
}

const withoutFirst = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.slice(1)
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).slice(1)) : null
}
const withMore = (value: unknown): unknown => {
  if (Array.isArray(value)) return [...value, value[0]]
  return typeof value === 'object' && value !== null ? { ...value, type: 'local', extra: 1 } : [value]
}

const words = [
  '',
  'local',
  'audit',
  'daily',
  'hourly',
  '0 3 * * 1-5',
  '61 * * * *',
  '2h',
  '0s',
  '80%',
  '101%',
  '0.5',
  '3x3',
  '2x3',
  '600',
  '0640',
  '666',
  '~/x',
  '~x',
  '$X',
  '512MiB',
  '1.5GiB',
  'enabled',
  'disabled',
  'strict',
  'fgsm',
  'pgd',
  'none',
  '2024-02-29',
  '2023-02-29',
  '2024-03-20T10:00:00+02:00',
  'MIT',
  '1.10',
  'block',
  'critical',
  'a\nb',
  '\u{1f980}',
]
const values = fc.oneof(
  fc.constantFrom<unknown>(...words, 0, 1, -1, 0.5, 600, 640, 666, 1001, 1e300, true, false, null),
  fc.jsonValue({ maxDepth: 2 }),
)
const changes = fc.oneof(
  fc.constant(withoutFirst),
  fc.constant(withMore),
  values.map((replacement) => () => replacement),
)

test('zod and the JSON Schema agree on templates with one or two changes', () => {
  const verdicts = { accepted: 0, rejected: 0 }
  fc.assert(
    fc.property(
      fc.constantFrom(...documents),
      fc.array(fc.tuple(fc.nat(), changes), { minLength: 1, maxLength: 2 }),
      (document, edits) => {
        const changed = edits.reduce<unknown>((current, [index, change]) => {
          const places = placesOf(current)
          return changeAt(current, places[index % places.length] ?? [], change)
        }, document)
        const parsed = manifestSchema.safeParse(changed)
        // What JSON Schema cannot say: rising cron ranges, days that come, distinct paths. Only zod may refuse for these.
        const isBeyondSchema = parsed.error?.issues.every(({ message }) =>
          /cron ranges|cron day|each path once/.test(message),
        )
        if (!isBeyondSchema) expect(validate(changed), JSON.stringify(changed)).toBe(parsed.success)
        verdicts[parsed.success ? 'accepted' : 'rejected'] += 1
      },
    ),
    { seed: 20_260_104, numRuns: 4000 },
  )
  expect(verdicts.accepted).toBeGreaterThan(100)
  expect(verdicts.rejected).toBeGreaterThan(1000)
})
