import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createInProcessSessions } from '@nootropic/core/inference'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runDemo } from '../src/demo.ts'
import { heldOutDigits, trainingDigits } from '../src/digits.ts'

const lines: string[] = []
let output: string
let report: string

beforeAll(async () => {
  output = await mkdtemp(join(tmpdir(), 'nootropic-demo-test-'))
  report = await readFile(await runDemo((line) => lines.push(line), output), 'utf8')
}, 120_000)
afterAll(() => rm(output, { recursive: true }))

/** The printed line of a stage. */
const stage = (name: string): string => lines.find((line) => line.includes(name)) ?? `no stage "${name}"`

test('every stage of the way is printed with its time and its findings', () => {
  const stages = lines.filter((line) => /^ ?\d+ {2}\S.* +\d+\.\d\d s +\d+ findings? +\S/.test(line))
  expect(stages).toHaveLength(13)
  expect(lines.at(-1)).toMatch(/^\n13 stages in \d+\.\d s\. The report: .*report\.html$/)
})

test('the demo says which isolation it accepts and which layers were proved', () => {
  expect(stage('prove the isolation')).toMatch(/level "(strong|standard|limits-only|none)" accepted/)
  expect(lines.some((line) => line.trim().startsWith('proved: '))).toBe(true)
  expect(lines.some((line) => line.trim().startsWith('not proved: '))).toBe(true)
})

test('the model is admitted with its scores, and reads nearly every digit in the sandbox', () => {
  expect(stage('register digits 1.0.0')).toMatch(
    /pass: securityScore 0\.[89]\d \(needs 0\.8\), privacyScore 1\.00 \(needs 0\.85\)/,
  )
  const right = Number(/(\d+) of 500/.exec(stage('serve a caller'))?.[1])
  expect(right).toBeGreaterThanOrEqual(480)
})

test('every wrong request is refused for its own reason', () => {
  const refusals = {
    'no key': 'CREDENTIAL_INVALID',
    'a role without the grant': 'ACCESS_DENIED',
    'an unknown model': 'MODEL_NOT_FOUND',
    'a wrong type': 'INPUT_INVALID',
    'a wrong shape': 'INPUT_INVALID',
    'not a number': 'INPUT_INVALID',
  }
  for (const [what, code] of Object.entries(refusals))
    expect(lines.map((line) => line.trim())).toContain(`${what}: ${code}`)
})

test('the fault raises an alert, the incident suspends, rolls back, verifies and serves again', () => {
  expect(stage('inject a fault')).toContain('20 black frames: OUTPUT_INVALID')
  expect(stage('alert and respond')).toMatch(/[1-9] findings? .*above 0\.05/)
  expect(stage('repair')).toContain('rolled back from 1.1.0 to 1.0.0, verification pass')
})

test('the owner’s mark is read back, and the audit log is whole', () => {
  expect(stage('prove whose model it is')).toMatch(/watermark present .*fingerprint pass/)
  expect(stage('verify the audit log')).toMatch(/\d{3} records are what was signed/)
})

test('the report is one file with two pictures, no script and no request to anywhere', () => {
  expect(report.match(/<svg/g)).toHaveLength(2)
  expect(report).toContain('Accuracy under attack')
  expect(report).toContain("default-src 'none'")
  expect(report).not.toMatch(/<(script|img|link|iframe)\b|(src|href)="|@import|url\(/i)
  expect(report).not.toMatch(/NaN|undefined|Infinity/)
  expect(report.length).toBeLessThan(120 * 1024)
})

test('the committed model reads at least 97 % of the digits that no training saw', async () => {
  const digits = heldOutDigits()
  const seen = new Set(trainingDigits().map(({ pixels }) => pixels.join()))
  expect(digits.some(({ pixels }) => seen.has(pixels.join()))).toBe(false)
  const main = await readFile(fileURLToPath(new URL('../models/digits/model.onnx', import.meta.url)))
  const session = await createInProcessSessions().open({ main })
  const data = new Float32Array(digits.length * 784)
  for (const [index, { pixels }] of digits.entries()) data.set(pixels, index * 784)
  const { logits } = await session.run({ image: { type: 'float32', dims: [digits.length, 1, 28, 28], data } })
  await session.close()
  const values = logits?.data as Float32Array
  const right = digits.filter(({ label }, index) => {
    const row = values.subarray(index * 10, index * 10 + 10)
    return row.indexOf(Math.max(...row)) === label
  })
  expect(right.length / digits.length).toBeGreaterThanOrEqual(0.97)
})
