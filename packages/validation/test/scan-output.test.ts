import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createManualClock, isNootropicError, type Report, reportSchema } from '@nootropic/core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { blockFrom } from '../src/reactions.ts'
import { applyIgnores, parseIgnoreFile } from '../src/scan/ignore.ts'
import { sarifOf, scan, scanPage, scanText } from '../src/scan/index.ts'
import { elf } from './support/programs.ts'

// From @microsoft/sarif-multitool-linux 5.7.0: the schema that OASIS published for SARIF 2.1.0.
const schema = JSON.parse(readFileSync(new URL('./vectors/sarif-schema-2.1.0.json', import.meta.url), 'utf8')) as object

const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema)

const program = async (name: string): Promise<Report> => scan(elf(), { name })

const sarif = async () =>
  sarifOf(
    [await program('weights & <b>/a #1.bin'), await scan(new Uint8Array(0), { name: '/models/empty.onnx' })],
    '1.2.3',
  )

test('the SARIF log is valid by the schema of the standard', async () => {
  expect(validate(await sarif()), JSON.stringify(validate.errors, undefined, 1)).toBe(true)
})

test('the schema refuses a log that is none', async () => {
  expect(validate({ ...(await sarif()), version: '2.0.0' })).toBe(false)
})

test('results name their rule, file, place and level', async () => {
  const [run] = (await sarif()).runs
  expect(run?.tool.driver).toMatchObject({ name: 'nootropic', version: '1.2.3' })
  for (const result of run?.results ?? []) {
    expect(run?.tool.driver.rules?.[result.ruleIndex ?? -1]?.id).toBe(result.ruleId)
    const [location] = result.locations ?? []
    const index = location?.physicalLocation?.artifactLocation?.index ?? -1
    expect(run?.artifacts?.[index]?.location?.uri).toBe(location?.physicalLocation?.artifactLocation?.uri)
  }
  expect(run?.results?.map(({ ruleId, level }) => [ruleId, level])).toContainEqual(['embedded/program', 'error'])
  expect(run?.artifacts?.map(({ location }) => location?.uri)).toEqual([
    'weights%20%26%20%3Cb%3E/a%20%231.bin',
    'file:///models/empty.onnx',
  ])
})

test('what was not looked at is a notification of the run', async () => {
  const unknown = await scan(Uint8Array.of(0xf5, 0x81, 0x12, 0x99), { name: 'x' })
  const [run] = sarifOf([unknown], '1').runs
  expect(run?.invocations?.[0]?.toolExecutionNotifications?.[0]?.message.text).toMatch(/^incomplete: /)
})

test('the page escapes what a file says, and needs nothing from elsewhere', async () => {
  const text = scanPage([await program('<script>alert(1)</script>.bin')])
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;.bin')
  expect(text).not.toContain('<script')
  expect(text).not.toMatch(/(?:src|href)=/)
})

test('the text names place, cause and remedy, and counts what it does not write', async () => {
  const many = Buffer.concat(Array.from({ length: 9 }, () => Buffer.concat([Buffer.alloc(64, 0xff), elf()])))
  const text = scanText(await scan(many, { name: 'many.bin' }))
  expect(text).toMatch(/^many\.bin: fail, \S+ \(9 high/)
  expect(text).toContain('high embedded/program at byte 64: expected a model')
  expect(text).toContain('… embedded/program: 4 more')
})

const clock = createManualClock('2026-11-22T00:00:00Z')
const options = { clock, reactions: blockFrom('medium') }

const ignoreOf = (digest: string, expires: string): string =>
  `ignore:\n  - rule: embedded/program\n    digest: ${digest}\n    reason: Ada looked at it on 2026-11-01\n    expires: ${expires}\n`

test('a reviewed finding is left out of its file only, and the report says who answers for it', async () => {
  const report = await program('tool.bin')
  const ignores = parseIgnoreFile(ignoreOf(report.subject.digest, '2026-11-22'), 'ignore.yaml')
  const left = applyIgnores(report, ignores, options)
  expect(reportSchema.parse(left)).toEqual(left)
  expect([left.verdict, left.findings]).toEqual(['pass', []])
  expect(left.skipped).toEqual([
    { name: 'embedded/program', reason: 'left out until 2026-11-22: Ada looked at it on 2026-11-01' },
  ])
  const other = await scan(Buffer.concat([elf(), Buffer.from('!')]), { name: 'tool.bin' })
  expect(applyIgnores(other, ignores, options).verdict).toBe('fail')
})

test('an entry that has expired leaves nothing out, and says so', async () => {
  const report = await program('tool.bin')
  const left = applyIgnores(report, parseIgnoreFile(ignoreOf(report.subject.digest, '2026-11-21'), 'f'), options)
  expect(left.verdict).toBe('fail')
  expect(left.skipped[0]?.reason).toMatch(/^not left out any more, expired on 2026-11-21: /)
})

test('an ignore file that is none is refused with what it should be', () => {
  const refusals: string[] = []
  for (const text of [
    '',
    'ignore: 3',
    'ignore: [{ rule: x }]',
    'ignore:\n - { rule: a/b, digest: "sha256:00", reason: x, expires: 2026-01-01 }',
    ignoreOf(`sha256:${'0'.repeat(64)}`, 'never'),
    'a: &a [1]\nignore: [*a]',
    '{',
    `ignore: []\n#${' '.repeat(2 ** 20)}`,
  ]) {
    try {
      parseIgnoreFile(text, 'ignore.yaml')
    } catch (error) {
      if (isNootropicError(error, 'CONFIGURATION_INVALID')) refusals.push(error.message)
    }
  }
  expect(refusals).toHaveLength(8)
  for (const message of refusals) expect(message).toMatch(/^expected ignore\.yaml to be a list `ignore` of rule/)
})

let cache = ''
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'nootropic-cache-'))
})
afterEach(() => rmSync(cache, { recursive: true, force: true }))

test('what the bytes decide is found in the cache, under the name of the file that was asked for', async () => {
  const first = await scan(elf(), { name: 'a.bin', cache })
  expect(readdirSync(cache)).toHaveLength(1)
  const second = await scan(elf(), { name: 'b.bin', cache })
  expect(second.findings.map(({ rule }) => rule)).toEqual(first.findings.map(({ rule }) => rule))
  expect(second.findings.every(({ location }) => location.path === 'b.bin')).toBe(true)
})

test('the cache is what answers the second time', async () => {
  await scan(elf(), { cache })
  const [name = ''] = readdirSync(cache)
  writeFileSync(join(cache, name), '{"format":"from-the-cache","findings":[]}')
  expect((await scan(elf(), { cache })).subject.format).toBe('from-the-cache')
})

test('an entry of the cache that is not ours, and a scan that was cut short, are not believed', async () => {
  await scan(elf(), { cache })
  const [name = ''] = readdirSync(cache)
  writeFileSync(join(cache, name), '{"format":"onnx","findings":"none"}')
  expect((await scan(elf(), { cache })).verdict).toBe('fail')
  rmSync(join(cache, name))
  await scan(Uint8Array.of(0xf5, 0x81, 0x12, 0x99), { cache })
  expect(readdirSync(cache)).toEqual([])
})

test('limits are part of the key of the cache', async () => {
  await scan(elf(), { cache })
  await scan(elf(), { cache, limits: { depth: 2 } })
  expect(readdirSync(cache)).toHaveLength(2)
})

test('a cache that others can write to is refused', async () => {
  chmodSync(cache, 0o777)
  await expect(scan(elf(), { cache })).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
})
