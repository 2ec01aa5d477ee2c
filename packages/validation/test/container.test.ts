import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { createSeededRandom, type Report } from '@nootropic/core'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { tarOf } from './support/tar-builder.ts'
import { descriptor, zipOf } from './support/zip-builder.ts'

/** Names `os.system` with a harmless argument; it is never loaded. */
const hostile = Buffer.from('\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.', 'latin1')
const harmless = Buffer.from('\x80\x02}.', 'latin1')

const rulesOf = ({ findings }: Report): string[] => [...new Set(findings.map(({ rule }) => rule))].toSorted()

/** Where findings about a pickle stand. */
const picklesIn = ({ findings }: Report): string[] =>
  findings.filter(({ rule }) => rule.startsWith('pickle/')).map(({ location }) => location.inside ?? '')

const expectEntered = async (bytes: Uint8Array, name: string): Promise<void> => {
  const report = await scan(bytes)
  expect(report.verdict).toBe('fail')
  expect(
    picklesIn(report).some((inside) => inside.includes(name)),
    `${name} in ${picklesIn(report).join()}`,
  ).toBe(true)
}

test('an entry that only the headers before the data show is entered', async () => {
  const bytes = zipOf([
    { name: 'a.md', data: '# A\n' },
    { name: 'hidden.pkl', data: hostile, isListed: false },
  ])
  await expectEntered(bytes, 'hidden.pkl')
})

test('an entry that only the directory shows is entered', async () => {
  const bytes = zipOf([{ name: 'shown.pkl', data: hostile, local: { name: 'other.txt', method: 8 } }])
  await expectEntered(bytes, 'shown.pkl')
})

test('both contents of an entry with two methods are entered', async () => {
  const compressed = deflateRawSync(hostile)
  const bytes = zipOf([
    {
      name: 'data.pkl',
      compressed,
      local: { method: 8, checksum: crc32(hostile), length: hostile.length },
      central: { method: 0, checksum: crc32(compressed), length: compressed.length },
    },
  ])
  await expectEntered(bytes, 'data.pkl')
})

test('of two entries of one name, both are entered', async () => {
  for (const order of [
    [hostile, harmless],
    [harmless, hostile],
  ]) {
    await expectEntered(zipOf(order.map((data) => ({ name: 'a/data.pkl', data }))), 'data.pkl')
  }
})

test('CVE-2025-1889: the entry of every name is read by what it is', async () => {
  await expectEntered(zipOf([{ name: 'a/readme.md', data: hostile }]), 'readme.md')
})

test('CVE-2025-1944, CVE-2025-1945, CVE-2025-10156: what stops other scanners does not stop this one', async () => {
  for (const entry of [
    { flags: 0x1 },
    { flags: 0x20 },
    { flags: 0x40 },
    { local: { name: 'a/other.pkl' } },
    { local: { checksum: 1 }, central: { checksum: 1 } },
  ]) {
    await expectEntered(zipOf([{ name: 'a/data.pkl', data: hostile, method: 8, ...entry }]), 'data.pkl')
  }
})

test('a zip after another format is found and read', async () => {
  const bytes = zipOf([{ name: 'data.pkl', data: hostile }], { before: Buffer.from('# A document\n') })
  await expectEntered(bytes, 'data.pkl')
})

test('a zip whose directory is cut off is read from its start', async () => {
  await expectEntered(zipOf([{ name: 'data.pkl', data: hostile, method: 8 }], { hasDirectory: false }), 'data.pkl')
})

test('what comes out of a stream before its damage is read', async () => {
  const whole = gzipSync(Buffer.concat([hostile, Buffer.alloc(200_000, 'abcdefghij')]), { level: 0 })
  await expectEntered(whole.subarray(0, whole.length / 2), 'content')
  const damaged = Buffer.from(whole)
  damaged[damaged.length - 6] = (damaged[damaged.length - 6] ?? 0) ^ 0xff
  await expectEntered(damaged, 'content')
})

test('containers inside one another are read to the innermost', async () => {
  const bytes = gzipSync(
    tarOf([{ name: 'model.zip', data: zipOf([{ name: 'a/data.pkl', data: hostile, method: 8 }]) }]),
  )
  await expectEntered(bytes, 'model.zip > a/data.pkl')
})

test('an entry after the end of a tar is read', async () => {
  const hidden = tarOf([{ name: 'hidden.pkl', data: hostile }])
  const bytes = tarOf([{ name: 'a.md', data: '# A\n' }], Buffer.concat([Buffer.alloc(1024), hidden]))
  await expectEntered(bytes, 'hidden.pkl')
})

test('a PyTorch archive passes, and its format is named', async () => {
  const weights = Buffer.alloc(400_000, 'weights!')
  const streamed = (data: Uint8Array) => ({
    data,
    flags: 0x808,
    local: { checksum: 0, compressedLength: 0, length: 0 },
    after: descriptor(crc32(data), data.length, data.length),
  })
  const bytes = zipOf([
    { name: 'net/data.pkl', ...streamed(harmless) },
    { name: 'net/byteorder', ...streamed(Buffer.from('little')) },
    { name: 'net/data/0', ...streamed(weights) },
    { name: 'net/version', ...streamed(Buffer.from('3\n')) },
  ])
  const report = await scan(bytes)
  expect([report.subject.format, report.verdict, rulesOf(report)]).toEqual(['torch-zip', 'pass', []])
})

test('formats that are zips or tars are told by their entries', async () => {
  const text = '# A\n'
  const cases: [string, Uint8Array][] = [
    ['torch-model-archive', zipOf([{ name: 'MAR-INF/MANIFEST.json', data: '{}' }])],
    [
      'keras-zip',
      zipOf([
        { name: 'config.json', data: '{}' },
        { name: 'metadata.json', data: '{}' },
      ]),
    ],
    ['skops', zipOf([{ name: 'schema.json', data: '{}' }])],
    ['mlflow-zip', zipOf([{ name: 'model/MLmodel', data: text }])],
    ['jar', zipOf([{ name: 'META-INF/MANIFEST.MF', data: text }])],
    ['nemo', tarOf([{ name: './model_config.yaml', data: text }])],
    [
      'oci-image',
      tarOf([
        { name: 'oci-layout', data: '{}' },
        { name: 'index.json', data: '{}' },
      ]),
    ],
  ]
  for (const [format, bytes] of cases) expect((await scan(bytes)).subject.format).toBe(format)
})

test('a text, a pickle and weights are not taken for a stream with a weak header', async () => {
  const random = createSeededRandom(11)
  const noise = Uint8Array.from({ length: 5000 }, () => random.integer(256))
  for (const head of [
    [0x78, 0x9c],
    [0x5d, 0, 0, 0x80, 0],
  ]) {
    noise.set(head)
    expect((await scan(noise)).subject.format).not.toMatch(/zlib|lzma/)
  }
  expect((await scan(Buffer.from('x^2 + y^2 = z^2, and no stream of zlib\n'))).subject.format).not.toBe('zlib')
  expect((await scan(Buffer.from(']q\x00(K\x01K\x02e.', 'latin1'))).subject.format).not.toBe('lzma')
})

test('a damaged archive never makes a reader fail, and never hides what can still be read', async () => {
  const random = createSeededRandom(5)
  const archives = [
    zipOf([
      { name: 'a/data.pkl', data: hostile, method: 8 },
      { name: 'b.pkl', data: hostile },
    ]),
    tarOf([
      { name: 'a.md', data: '# A\n' },
      { name: 'data.pkl', data: hostile },
    ]),
    gzipSync(hostile),
  ]
  for (let index = 0; index < 600; index += 1) {
    const bytes = Buffer.from(archives[index % archives.length] ?? [])
    for (let change = random.integer(3); change >= 0; change -= 1) {
      bytes[random.integer(bytes.length)] = random.integer(256)
    }
    const report = await scan(bytes)
    expect(report.stages[0]?.note ?? '', bytes.toString('base64')).not.toMatch(/the reader of .* failed/)
    if (bytes.includes(hostile)) expect(report.verdict, bytes.toString('base64')).not.toBe('pass')
  }
})

test('what a torch.package keeps beside its storages is read, and not taken for weights', async () => {
  const entries = (name: string) => [
    { name: 'p/.data/extern_modules', data: '' },
    { name: 'p/.data/version', data: '6\n' },
    { name: 'p/m/model.pkl', data: harmless },
    { name, data: "cwebbrowser\nopen\n(S'x'\ntR." },
  ]
  const report = await scan(zipOf(entries('p/data/0')))
  expect([report.subject.format, report.verdict]).toEqual(['torch-package', 'fail'])
  expect((await scan(zipOf(entries('p/.data/0.storage')))).verdict).toBe('pass')
  // Nor do the entries of a TorchScript beside them make it another archive.
  const disguised = [
    ...entries('p/data/0'),
    { name: 'p/data.pkl', data: harmless },
    { name: 'p/constants.pkl', data: harmless },
    { name: 'p/code/a.py', data: 'x = 1\n' },
  ]
  expect((await scan(zipOf(disguised))).verdict).toBe('fail')
})

test('an archive of very many headers does not make the reader fail', async () => {
  const header = Buffer.from(`${'PK\x03\x04\x14'.padEnd(26, '\0')}\x01\0\0\0a`, 'latin1')
  const report = await scan(Buffer.concat(Array.from({ length: 150_000 }, () => header)))
  expect(report.verdict).toBe('fail')
  expect(report.stages[0]?.note ?? '').not.toMatch(/failed/)
})

test('an archive of very many tiny entries is incomplete beyond what models have; storages are no such entries', async () => {
  const tiny = Array.from({ length: 20_001 }, (_, index) => ({ name: `${index}.txt`, data: 'a' }))
  const { verdict, stages } = await scan(zipOf(tiny))
  expect([verdict, stages[0]?.note]).toEqual(['incomplete', expect.stringContaining('too many entries')])
  expect((await scan(zipOf(tiny.slice(1)))).verdict).toBe('pass')
})
