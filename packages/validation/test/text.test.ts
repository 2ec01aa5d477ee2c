import { systemClock } from '@nootropic/core'
import { expect, test } from 'vitest'
import { createBudget } from '../src/scan/budget.ts'
import { scan } from '../src/scan/index.ts'
import type { Inspection } from '../src/scan/inspection.ts'
import { scanLimits } from '../src/scan/limits.ts'
import type { Sighting } from '../src/scan/rule.ts'
import { checkText, type TextPlace } from '../src/scan/text/check-text.ts'

const check = (text: string, place: TextPlace): Sighting[] => {
  const sightings: Sighting[] = []
  const inspection: Inspection = {
    path: 'text',
    trail: [],
    limits: scanLimits,
    budget: createBudget(scanLimits, text.length, systemClock),
    report: (sighting) => sightings.push(sighting),
    incomplete: () => {},
    refine: () => {},
    enter: async () => {},
    expand: () => Promise.reject(new Error('unused')),
  }
  checkText(text, place, inspection)
  return sightings
}

// Each repeats the beginning of what an indicator looks for.
const beginnings = [
  'AKIA', 'eyJ-', 'eyJaaaaaaaaaaaa.', 'sk-proj-', 'http://', 'http://a:', 'curl ', 'rm -rf -', 'rm - ', '<a ', '<script ',
  '<script>', 'powershell ', 'iex (', 'exec(', 'import os ', 'nc -', 'dd a ', '-----BEGIN RSA ', 'api_key: "', 'password',
  '\u202e', '\u2066a', '\u200b\u200c', '\u001b[0', 'ignore all ', '=cmd|', 'A1b2', '\\x41', 'data:text/html', 'mkfifo /tmp/a',
] // biome-ignore format: one line a kind would be a page.

// Quadratic, any of them would outlast the suite's time-out.
test('a hostile text takes linear time (CWE-1333)', () => {
  for (const beginning of beginnings) check(beginning.repeat(Math.ceil(2 ** 20 / beginning.length)), 'metadata')
})

test('no report shows a secret', () => {
  const secret = `${'gh'}p_q7Zt4Xw9Rv2Lk8Jh5Gf3Ds6Aa1Po0IuYt7Re4Wq9`
  const sightings = check(`token ${secret} and api_key = q7Zt4Xw9Rv2Lk8Jh and https://me:q7Zt4Xw9Rv@corp.io/`, 'prose')
  expect(sightings.map(({ rule }) => rule.id)).toEqual([
    'text/provider-token',
    'text/assigned-secret',
    'text/address-with-password',
  ])
  const shown = JSON.stringify(sightings.map(({ message, evidence }) => ({ message, evidence })))
  expect(shown).not.toContain(secret)
  expect(shown).not.toContain('q7Zt4Xw9Rv')
})

test('what is encoded is decoded, layer by layer', () => {
  let payload = "import os; os.system('true')"
  for (let layer = 0; layer < 3; layer += 1) payload = Buffer.from(payload).toString('base64')
  expect(check(payload, 'metadata').map(({ rule }) => rule.id)).toEqual(['text/encoded-program'])
  expect(check(payload, 'prose')).toEqual([])
})

test('text in every encoding that files come in passes', async () => {
  const sentence = 'Modèle entraîné sur des données publiques. '.repeat(20)
  const encodings = {
    'UTF-8': Buffer.from(sentence),
    'UTF-8 with a mark': Buffer.from(`\uFEFF${sentence}`),
    'Latin-1': Buffer.from(sentence, 'latin1'),
    'UTF-16, little-endian': Buffer.from(`\uFEFF${sentence}`, 'utf16le'),
    'UTF-16, big-endian': Buffer.from(`\uFEFF${sentence}`, 'utf16le').swap16(),
    'a log with colours': Buffer.from('\u001b[32mepoch 1\u001b[0m done\n'),
    'a long text': Buffer.from('The quick brown fox.\n'.repeat(60_000)),
  }
  for (const [name, bytes] of Object.entries(encodings)) {
    const { verdict, subject } = await scan(bytes)
    expect([name, verdict, subject.format]).toEqual([name, 'pass', 'text'])
  }
})

test('a secret behind a megabyte of text is found, and bytes behind text are not passed', async () => {
  const filler = 'The quick brown fox.\n'.repeat(60_000)
  const secret = `key ${'AK'}IAQ2W3E4R5T6Y7UZXC\n`
  expect((await scan(Buffer.from(filler + secret + filler))).verdict).toBe('fail')
  expect((await scan(Buffer.concat([Buffer.from(filler), Buffer.alloc(100)]))).verdict).toBe('incomplete')
})
