import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { combineVerdicts, reportSchema, sha256 } from '@nootropic/core'
import { createNode, externalLocation, writeOnnx } from '@nootropic/core/formats'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { scan, scanPath } from '../src/index.ts'
import { parseModelCard } from '../src/privacy/model-card.ts'
import { sampleOf } from '../src/scan/format.ts'
import { formats } from '../src/scan/formats.ts'
import { bytesSource } from '../src/scan/source.ts'
import { diagonalClassifier, floats, modelOf } from './support/models.ts'
import { fullCard } from './support/package.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nootropic-scan-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const model = writeOnnx(diagonalClassifier(1))
const write = (name: string, content: Uint8Array | string): string => {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

test('a sound model passes whatever its name, and the report carries its digest', async () => {
  const report = await scan(write('harmless.txt', model))
  expect(reportSchema.parse(report)).toEqual(report)
  expect(report).toMatchObject({ verdict: 'pass', subject: { format: 'onnx', digest: sha256(model) } })
})

test('what no reader can tell or read whole is not passed', async () => {
  const contents: readonly (Uint8Array | string)[] = [
    Uint8Array.of(0xc1, 0, 0xfd, 0xc1),
    Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0),
    Uint8Array.of(0x1f, 0x8b, 8, 0),
    Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'),
    Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(20)]),
    'cos\nsystem\n(S"id"\ntR.',
    '<ir_version: 8, opset_import: ["" : 17]> agraph (float[N] x) => (float[N] y) { y = Relu(x) }',
  ]
  for (const content of contents) {
    const report = await scan(write('model.onnx', content))
    expect([content, report.verdict]).not.toEqual([content, 'pass'])
  }
})

test('documentation passes', async () => {
  expect((await scan(write('README.md', fullCard))).verdict).toBe('pass')
  expect((await scan(write('LICENSE', 'MIT License\n\nPermission is hereby granted.\n'))).verdict).toBe('pass')
})

test('an empty file is no pass, and a cut one fails', async () => {
  const rule = async (content: Uint8Array) => {
    const report = await scan(write('model.onnx', content))
    return [report.verdict, report.findings[0]?.rule]
  }
  expect(await rule(new Uint8Array(0))).toEqual(['incomplete', 'file/empty'])
  expect(await rule(model.subarray(0, model.length - 7))).toEqual(['fail', 'onnx/malformed'])
})

test('a model that claims 3 GB fails without reading them', async () => {
  // Field 7 (graph), 3,000,000,000 bytes long, of which none are there.
  const claim = Buffer.from([0x08, 0x08, 0x3a, 0x80, 0xbc, 0xc1, 0x96, 0x0b])
  const report = await scan(write('model.onnx', claim))
  expect(report.verdict).toBe('fail')
  expect(report.findings[0]?.location.offset).toBeDefined()
})

test('a model that is a zip archive as well fails', async () => {
  const end = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)])
  const polyglot = writeOnnx({ ...diagonalClassifier(1), unknownFields: [{ number: 99, wireType: 2, bytes: end }] })
  const report = await scan(write('model.onnx', polyglot))
  expect(report.verdict).toBe('fail')
  expect(report.findings.map(({ rule }) => rule)).toContain('file/polyglot')
})

test('what is not there or not a file is a typed error', async () => {
  await expect(scanPath(join(directory, 'gone'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  write('real', model)
  symlinkSync(join(directory, 'real'), join(directory, 'link'))
  await expect(scanPath(join(directory, 'link'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
})

test('a directory gives a report for every file, in order, and a link is incomplete', async () => {
  mkdirSync(join(directory, 'inner'))
  write('b.onnx', model)
  write('inner/a.onnx', model)
  symlinkSync('/etc/passwd', join(directory, 'c'))
  const reports = await scanPath(directory)
  expect(reports.map(({ subject, verdict }) => [subject.path.slice(directory.length + 1), verdict])).toEqual([
    ['b.onnx', 'pass'],
    ['c', 'incomplete'],
    ['inner/a.onnx', 'pass'],
  ])
  rmSync(join(directory, 'c'))
  mkdirSync(join(directory, 'empty'))
  expect(combineVerdicts((await scanPath(join(directory, 'empty'))).map(({ verdict }) => verdict))).toBe('incomplete')
})

test('external data must be a plain file beside the model', async () => {
  const tensor = {
    ...floats('float32', 'w', [2], [1, 2]),
    rawData: undefined,
    dataLocation: externalLocation,
    externalData: [{ key: 'location', value: 'weights.bin', unknownFields: [] }],
  }
  const external = modelOf({
    nodes: [createNode('Add', ['x', 'w'], ['y'])],
    initializer: [tensor],
    input: [1, 2],
    output: [1, 2],
  })
  const path = write('model.onnx', writeOnnx(external))
  const weights = join(directory, 'weights.bin')
  const found = async () => (await scan(path)).findings.map(({ rule, tags }) => [rule, tags.at(-1)])
  expect(await found()).toEqual([['onnx/external-file-missing', 'CWE-1104']])
  write('weights.bin', new Uint8Array(Float32Array.of(1.25, 2.5).buffer))
  expect((await scanPath(directory)).map(({ subject, verdict }) => [subject.format, verdict])).toEqual([
    ['onnx', 'pass'],
    ['weights', 'pass'],
  ])
  rmSync(join(directory, 'weights.bin'))
  symlinkSync('/etc/passwd', weights)
  expect(await found()).toEqual([['onnx/external-file-linked', 'CVE-2026-34447']])
  rmSync(weights)
  linkSync(write('other', new Uint8Array(8)), weights)
  expect(await found()).toEqual([['onnx/external-file-linked', 'CVE-2026-34446']])
  rmSync(weights)
  writeFileSync(weights, new Uint8Array(8))
  expect(await found()).toEqual([])
})

test('texts that are made to be slow are not', async () => {
  const size = 2 ** 20 - 16
  for (const text of [
    'c'.repeat(size),
    `# ${' '.repeat(size - 4)}x`,
    'a\n'.repeat(size / 2),
    `---\n${'\n---x'.repeat(size / 5)}`,
  ]) {
    await scan(write('README.md', text))
    parseModelCard(text)
  }
}, 5000)

test('recognising a format never fails', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const sample = sampleOf(bytesSource(bytes))
      for (const format of formats) expect([undefined, 'likely', 'certain']).toContain(format.recognise(sample))
    }),
    { seed: 3, numRuns: 1000 },
  )
})
