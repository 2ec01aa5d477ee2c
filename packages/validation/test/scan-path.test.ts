import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { combineVerdicts, reportSchema, sha256 } from '@nootropic/core'
import { createNode, externalLocation, writeOnnx } from '@nootropic/core/formats'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { scanFile, scanPath } from '../src/index.ts'
import { parseModelCard } from '../src/privacy/model-card.ts'
import { recogniseFormat } from '../src/scan/index.ts'
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
  const report = await scanFile(write('harmless.txt', model))
  expect(reportSchema.parse(report)).toEqual(report)
  expect(report).toMatchObject({ verdict: 'pass', subject: { format: 'onnx', digest: sha256(model) } })
})

test('what is recognised but cannot be read yet is incomplete, never pass', async () => {
  const contents: readonly [string, Uint8Array | string][] = [
    ['pickle', Uint8Array.of(0x80, 4, 0x4e, 0x2e)],
    ['pickle', 'cos\nsystem\n(S"id"\ntR.'],
    ['zip', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0)],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0)],
    ['7z', Uint8Array.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c)],
    ['numpy', Buffer.from('\x93NUMPY\x01\x00', 'latin1')],
    ['hdf5', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1')],
    ['gguf', Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(20)])],
    ['safetensors', Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{}')])],
    ['json', '{"model_type": "test"}'],
    ['unknown', Uint8Array.of(0xff, 0xfe, 0xfd)],
  ]
  for (const [format, content] of contents) {
    const report = await scanFile(write('model.onnx', content))
    expect([report.subject.format, report.verdict]).toEqual([format, 'incomplete'])
    expect(report.stages[0]?.note).toMatch(/^not scanned: /)
  }
})

test('documentation passes, and text that a loader would run does not', async () => {
  expect((await scanFile(write('README.md', fullCard))).verdict).toBe('pass')
  expect((await scanFile(write('LICENSE', 'MIT License\n\nPermission is hereby granted.\n'))).verdict).toBe('pass')
  for (const text of [
    '# Title\n\n{{ cycler.__init__.__globals__ }}\n',
    '# Title\n\n{% for x in y %}{% endfor %}\n',
    '---\n_target_: os.system\n---\n# Title\n',
    'MIT License\ncos\nsystem\n',
  ]) {
    expect([text, (await scanFile(write('README.md', text))).verdict]).toEqual([text, 'incomplete'])
  }
})

test('an empty, a cut and a program file fail', async () => {
  const rule = async (content: Uint8Array) => {
    const report = await scanFile(write('model.onnx', content))
    return [report.verdict, report.findings[0]?.rule]
  }
  expect(await rule(new Uint8Array(0))).toEqual(['fail', 'file/empty'])
  expect(await rule(model.subarray(0, model.length - 7))).toEqual(['fail', 'onnx/malformed'])
  const program = new Uint8Array(64)
  program.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  expect(await rule(program)).toEqual(['fail', 'file/executable'])
})

test('a model that claims 3 GB fails without reading them', async () => {
  // Field 7 (graph), 3,000,000,000 bytes long, of which none are there.
  const claim = Buffer.from([0x08, 0x08, 0x3a, 0x80, 0xbc, 0xc1, 0x96, 0x0b])
  const report = await scanFile(write('model.onnx', claim))
  expect(report.verdict).toBe('fail')
  expect(report.findings[0]?.location.offset).toBeDefined()
})

test('a model that is a zip archive as well fails', async () => {
  const end = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)])
  const polyglot = writeOnnx({ ...diagonalClassifier(1), unknownFields: [{ number: 99, wireType: 2, bytes: end }] })
  const report = await scanFile(write('model.onnx', polyglot))
  expect(report.findings.map(({ rule }) => rule)).toEqual(['file/polyglot'])
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
  const found = async () => (await scanFile(path)).findings.map(({ rule, tags }) => [rule, tags[0]])
  expect(await found()).toEqual([['onnx/external-file-missing', 'CWE-1104']])
  symlinkSync('/etc/passwd', weights)
  expect(await found()).toEqual([['onnx/external-file-linked', 'CWE-59']])
  rmSync(weights)
  linkSync(write('other', new Uint8Array(8)), weights)
  expect(await found()).toEqual([['onnx/external-file-linked', 'CWE-62']])
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
    await scanFile(write('README.md', text))
    parseModelCard(text)
  }
}, 5000)

test('recognising a format never fails', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(recogniseFormat(bytes)).toMatch(/^[a-z0-9]+$/)
    }),
    { seed: 3, numRuns: 2000 },
  )
})
