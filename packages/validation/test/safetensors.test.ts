import { createSeededRandom, isAtLeast } from '@nootropic/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { safetensorsFormats } from '../src/scan/safetensors/formats.ts'
import { type Json, readJson } from '../src/scan/safetensors/read-json.ts'
import type { ByteSource } from '../src/scan/source.ts'
import { bytesTensor, padded, safetensorsFile, soundSafetensors } from './support/safetensors-file.ts'

const rulesOf = async (bytes: Uint8Array): Promise<readonly string[]> =>
  (await scan(bytes)).findings.filter(({ severity }) => isAtLeast(severity, 'medium')).map(({ rule }) => rule)

test('a sound file passes as safetensors', async () => {
  const report = await scan(soundSafetensors({ format: 'pt' }))
  expect([report.subject.format, report.verdict]).toEqual(['safetensors', 'pass'])
  expect(report.findings).toEqual([])
})

test('the reference reader and we agree on what a header may be', async () => {
  // What safetensors 0.8.0 answered to these bytes.
  const entry = '"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}'
  const accepted = ['{}', `{${entry}}`, `{${entry}}\n\n`, `{"__metadata__":null,${entry}}`]
  const refused = [
    `{${entry}}\0\0`,
    `{"__metadata__":{"a":1},${entry}}`,
    '{"a":{"dtype":"U8","dtype":"U8","shape":[2],"data_offsets":[0,2]}}',
    '{"a":{"dtype":"U8","shape":[2.0],"data_offsets":[0,2]}}',
    '{"a":{"dtype":"U8","shape":[2],"data_offsets":[-0,2]}}',
    '{"a":{"dtype":"C128","shape":[2],"data_offsets":[0,2]}}',
    `{${entry},"b":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}}`,
    `{${entry},}`,
  ]
  const size = (header: string): number => (header === '{}' ? 0 : 2)
  for (const header of accepted)
    expect([header, await rulesOf(safetensorsFile(header, size(header)))]).toEqual([header, []])
  for (const header of refused) expect([header, await rulesOf(safetensorsFile(header, 2))]).not.toEqual([header, []])
})

test('the attack of a header that fills the file with one tensor under many names is found', async () => {
  const names = Array.from({ length: 1000 }, (_, index) => [`t${index}`, bytesTensor(0, 64)])
  expect(await rulesOf(safetensorsFile(padded(Object.fromEntries(names)), 64))).toContain('safetensors/overlap')
})

test('of ten gigabytes only the header is read', async () => {
  const size = 10 * 2 ** 30
  const header = Buffer.from(JSON.stringify({ weight: { dtype: 'U8', shape: [size], data_offsets: [0, size] } }))
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(BigInt(header.length))
  const start = Buffer.concat([prefix, header])
  let furthest = 0
  const content: ByteSource = {
    size: start.length + size,
    read: (offset, length) => {
      furthest = Math.max(furthest, offset + length)
      return start.subarray(offset, offset + length)
    },
  }
  const found: string[] = []
  const inspection = {
    report: ({ rule }: { rule: { id: string } }) => found.push(rule.id),
    incomplete: (reason: string) => found.push(reason),
    budget: { checkTime: () => {}, takeEntry: () => {} },
    limits: { heldBytes: 2 ** 26 },
  }
  await safetensorsFormats[0]?.inspect(content, inspection as never)
  expect(found).toEqual(['safetensors/alignment'])
  expect(furthest).toBe(start.length)
})

test('more tensors than the budget allows leave the verdict incomplete', async () => {
  const names = Array.from({ length: 50 }, (_, index) => [`t${index}`, bytesTensor(index, index + 1)])
  const file = safetensorsFile(padded(Object.fromEntries(names)), 50)
  expect((await scan(file, { limits: { entries: 20 } })).verdict).toBe('incomplete')
})

const plain = (value: Json): unknown => {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, member]) => [key, plain(member)]))
  return value
}

test('JSON is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(0, 1, 2), (text, indent) => {
      const document: unknown = JSON.parse(text, (key, value: unknown) => (key === '__proto__' ? undefined : value))
      const written = JSON.stringify(document, undefined, indent)
      const reading = readJson(written, () => {})
      if ('problem' in reading) throw new Error(`${reading.problem} in ${written}`)
      expect(JSON.stringify(plain(reading.value))).toBe(JSON.stringify(document))
      expect([reading.end, reading.repeated]).toEqual([written.length, []])
    }),
    { seed: 3, numRuns: 300 },
  )
})

test('what JSON.parse refuses is refused', () => {
  const random = createSeededRandom(7)
  const pieces = ['{', '}', '[', ']', '"', ',', ':', '1', '-', '.5', 'e', 'true', 'nul', '\\', '\u0001', ' ', '01']
  for (let round = 0; round < 2000; round += 1) {
    const count = 1 + random.integer(7)
    const text = Array.from({ length: count }, () => pieces[random.integer(pieces.length)]).join('')
    const reading = readJson(text, () => {})
    const isRead = !('problem' in reading) && text.slice(reading.end).trim() === ''
    let isJson = true
    try {
      JSON.parse(text)
    } catch {
      isJson = false
    }
    expect([text, isRead]).toEqual([text, isJson])
  }
})

test('a changed byte of the structure is found, or changes nothing that a reader sees', async () => {
  const sound = soundSafetensors({ format: 'pt' })
  const headerEnd = 8 + new DataView(sound.buffer, sound.byteOffset).getUint32(0, true)
  const random = createSeededRandom(11)
  for (let round = 0; round < 200; round += 1) {
    const changed = Uint8Array.from(sound)
    const at = random.integer(headerEnd)
    changed[at] = random.integer(256)
    const { verdict, stages } = await scan(changed)
    expect(JSON.stringify(stages)).not.toContain('failed')
    if (verdict !== 'pass') continue
    // What passes has a header of the same size and the same shape but for names and spaces.
    const header: unknown = JSON.parse(Buffer.from(changed.subarray(8, headerEnd)).toString())
    const shapes = Object.values(header as object).map((entry: object) => JSON.stringify(entry))
    expect(shapes.length).toBe(3)
  }
})
