import { createSeededRandom } from '@nootropic/core'
import { rules } from '@secretlint/secretlint-rule-preset-recommend'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkSecrets, findSecrets, redact, secretTypes } from '../../../src/guards/index.ts'
import { boundedRules } from '../../../src/guards/secrets/secretlint-rules.ts'
import { vendorTokens } from '../../../src/guards/secrets/vendor-tokens.ts'
import { createDraw } from '../personal-data/generator/random-text.ts'
import { generateSecretDocuments } from './generator/secret-documents.ts'
import { vendorSecrets } from './generator/vendor-secrets.ts'

const draw = createDraw(createSeededRandom(3))
const write = (name: string): string => vendorSecrets.find((kind) => kind.name === name)?.write(draw) ?? ''
const typesIn = (text: string): string[] => findSecrets(text).map(({ type }) => type)

test('a checksum that holds makes it sure, one that does not makes it doubtful', () => {
  expect(findSecrets(write('github personal'))[0]).toMatchObject({ type: 'secret/github-token', confidence: 0.98 })
  expect(findSecrets(write('github, checksum of another'))[0]?.confidence).toBeLessThan(0.7)
  expect(findSecrets(write('github, checksum of another'), { minimumConfidence: 0.7 })).toEqual([])
})

test('reads through invisible characters, and gives the place in the text as it is', () => {
  const secret = write('github personal')
  const disguised = `${secret.slice(0, 10)}\u200b${secret.slice(10)}`
  expect(findSecrets(`use ${disguised}.`)).toMatchObject([{ start: 4, end: 4 + disguised.length }])
})

test('takes the whole of what must not stay', () => {
  const slots = [
    ['private key', 'here:\nKEY\n'],
    ['telegram', 'bot KEY.'],
    ['slack webhook', 'post to KEY '],
    ['openai project', 'key: "KEY"'],
    ['aws access key', 'id KEY,'],
  ] as const
  for (const [name, frame] of slots) {
    const secret = write(name)
    const text = frame.replace('KEY', () => secret)
    expect(redact(text, findSecrets(text))).not.toContain(secret.slice(-8))
  }
})

test('a private key that was cut off counts, and a public one does not', () => {
  const key = write('private key')
  expect(typesIn(key.slice(0, 200))).toEqual(['secret/private-key'])
  expect(typesIn(key.replaceAll('PRIVATE', 'PUBLIC'))).toEqual([])
})

test.each([
  'password: <your password>',
  `password=\${DB_PASSWORD}`,
  'const password = request.body.password',
  'api_key: YOUR_API_KEY',
  'token = await getToken()',
  'the password is required',
  'sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'postgres://localhost:5432/app',
  'https://ann@git.example.org/x.git',
  'task-list, disk-usage, risk-adjusted',
])('takes "%s" for no secret', (text) => {
  expect(typesIn(text)).toEqual([])
})

test('gives one finding for a kind, with the places and nothing of the secret', () => {
  const secret = write('github personal')
  const findings = checkSecrets(`a ${secret}`, 'answer')
  expect(findings).toMatchObject([{ rule: 'text/secret/github-token', severity: 'high', evidence: { count: 1 } }])
  expect(JSON.stringify(findings)).not.toContain(secret.slice(4))
})

test('a text cannot switch it off', () => {
  const secret = write('slack bot')
  expect(typesIn(`/* secretlint-disable */ ${secret} // secretlint-disable-line`)).toContain('secret/slack')
})

test('names every type that it reports', () => {
  const reported = generateSecretDocuments(4, 4).flatMap(({ text }) => typesIn(text))
  expect(secretTypes).toEqual(expect.arrayContaining([...new Set(reported)]))
})

test('secretlint has every rule that is taken from it', () => {
  const names = rules.map(({ meta }) => meta.id.replace('@secretlint/secretlint-rule-', ''))
  expect(names).toEqual(expect.arrayContaining(boundedRules.map(({ id }) => id)))
})

test('every form begins with its prefix and has an end', () => {
  for (const { form, prefix } of vendorTokens) {
    expect(form.sticky).toBe(true)
    expect(prefix.length).toBeGreaterThanOrEqual(2)
    expect(form.source.replace(/\\./g, '')).not.toMatch(/[*]|(?<!\()\+(?![^[]*\])/)
  }
})

const texts = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 10 }),
      fc.constantFrom(...generateSecretDocuments(9, 1).map(({ text }) => text)),
      fc.constantFrom('password=', '"', 'eyJ', '.', '-----BEGIN ', 'sk-', '://a:', '@', 'bearer ', '\u200b'),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''))

test('of any text, gives places in order, inside it, and apart', () => {
  fc.assert(
    fc.property(texts, (text) => {
      let end = 0
      for (const match of findSecrets(text, { minimumConfidence: 0 })) {
        expect(match.start).toBeGreaterThanOrEqual(end)
        expect(match.end).toBeGreaterThan(match.start)
        expect(match.end).toBeLessThanOrEqual(text.length)
        end = match.end
      }
    }),
    { seed: 10, numRuns: 300 },
  )
})
