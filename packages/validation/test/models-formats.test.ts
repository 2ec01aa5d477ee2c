import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import {
  arrowOf,
  coremlOf,
  field,
  gif,
  jpeg,
  littleEndian,
  msgpackOf,
  mxnetOf,
  parquetOf,
  pdfOf,
  png,
  rDataOf,
  rItems,
  torch7Function,
  torch7Number,
  torch7Of,
  torch7Tensor,
  torch7Text,
} from './support/model-files.ts'
import { callOf, codeOf, headerOf, npyOf, torchLegacyOf, zfileOf } from './support/python-files.ts'

const { number32, number64 } = littleEndian
const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex')
const weights = (length: number): Buffer => Buffer.alloc(length)

const piece = (text: string): Buffer => field(1, [field(1, text), hex('15 00000000'), field(3, 2)])
const riff = (kind: string): Buffer => Buffer.concat([Buffer.from('RIFF'), number32(12), Buffer.from(kind), weights(8)])

/** One sound file of each format that has no rule but its structure, and of those that have. */
const samples: Readonly<Record<string, Buffer>> = {
  npy: npyOf(headerOf("'<f4'", '(2,)'), weights(8)),
  'torch-legacy': torchLegacyOf(),
  'joblib-zfile': zfileOf(Buffer.from('\x80\x02}.', 'latin1')),
  torch7: torch7Of(torch7Text('weight'), torch7Tensor(3), torch7Text('train'), torch7Number()),
  'torch7-text': Buffer.from('4\n1\n3\nV 1\n11\nnn.Identity\n3\n2\n1\n2\n5\ntrain\n5\n0\n'),
  coreml: coremlOf(field(500, [field(1, [field(1, 'one')])])),
  cntk: Buffer.concat([field(1, 1), field(2, [field(1, 'type'), field(2, [field(8, 'CompositeFunction')])])]),
  'mxnet-parameters': mxnetOf([2, 3], weights(24)),
  'r-data': rDataOf(rItems.list(rItems.integers(1, 2), rItems.texts('a'))),
  executorch: hex(
    '28000000 45543132 00000000 00000000 00000000 00000000 00000000 00000000 0800 0800 00000000 08000000 00000000',
  ),
  rknn: Buffer.concat([Buffer.from('RKNN\0\0\0\0'), number64(1), number64(4), weights(4)]),
  ncnn: Buffer.from('7767517\n1 1\nInput data 0 1 data\n'),
  darknet: Buffer.from('[net]\nbatch=1\n\n[convolutional]\nfilters=8\n'),
  'darknet-weights': Buffer.concat([number32(0), number32(2), number32(5), number64(0), weights(64)]),
  fasttext: Buffer.concat([
    ...[793712314, 12].map(number32),
    weights(56),
    number32(1),
    weights(8),
    number64(9),
    number64(-1),
    Buffer.from('word\0'),
    weights(9),
    weights(32),
  ]),
  word2vec: Buffer.concat([Buffer.from('1 2\nword '), hex('0000803f 00008040'), Buffer.from('\n')]),
  arrow: arrowOf('schema'),
  parquet: parquetOf('schema'),
  tfrecord: hex('0100000000000000 0175de41 00 00000000'),
  sentencepiece: Buffer.concat([piece('<unk>'), piece('<s>'), piece('</s>')]),
  caffe: Buffer.concat([field(1, 'net'), field(100, [field(1, 'one'), field(2, 'Convolution')])]),
  'caffe-prototxt': Buffer.from('name: "net"\nlayer {\n  type: "Convolution"\n}\n'),
  'paddle-parameters': Buffer.concat([
    number32(0),
    number64(0),
    number32(0),
    number32(4),
    hex('0805 1002'),
    weights(8),
  ]),
  msgpack: msgpackOf({ params: { kernel: Buffer.alloc(4) } }),
  png: png(),
  gif: gif(),
  jpeg: jpeg(),
  wav: riff('WAVE'),
  webp: riff('WEBP'),
  bmp: Buffer.concat([Buffer.from('BM'), number32(62), weights(8), number32(40), weights(44)]),
  tiff: hex('49492a00 08000000 0000 00000000'),
  flac: hex('664c6143 80000022 0000'),
  mp3: hex('494433 0300 00 00000000'),
  mp4: hex('00000010 66747970 69736f6d 00000000'),
  ogg: Buffer.concat([Buffer.from('OggS\0\x02'), weights(20), Buffer.from([1, 2, 7, 7])]),
  pdf: pdfOf('<</Type/Catalog>>'),
  svg: Buffer.from('<?xml version="1.0"?>\n<!-- own -->\n<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>\n'),
}

test.each(Object.entries(samples))('a sound file of %s is told by its content and passes', async (format, bytes) => {
  const report = await scan(bytes)
  expect([report.subject.format, report.verdict, report.findings]).toEqual([format, 'pass', []])
})

const hostile: readonly Buffer[] = [
  torch7Of(torch7Text('f'), torch7Function()),
  rDataOf(rItems.promise(rItems.unbound, rItems.call)),
  codeOf(['os', 'system']),
  npyOf(headerOf("'|O'", '(1,)'), callOf('os', 'system', 'true')),
]

test('bytes that are changed at random throw nothing and take no time', async () => {
  const random = createSeededRandom(3)
  for (const sound of [...Object.values(samples), ...hostile]) {
    for (let round = 0; round < 12; round += 1) {
      const changed = Buffer.from(sound)
      for (let change = 0; change <= random.integer(4); change += 1)
        changed[random.integer(changed.length)] = random.integer(256)
      const cut = round % 3 === 0 ? changed.subarray(0, 1 + random.integer(changed.length)) : changed
      const { stages } = await scan(cut)
      expect(stages[0]?.note ?? '').not.toMatch(/the reader of .* failed/)
    }
  }
})

test('lengths that no file has take no memory and no time', async () => {
  const huge: readonly Buffer[] = [
    Buffer.concat([hex('81 a1 61 dd ffffffff'), weights(1000)]),
    Buffer.concat([rDataOf(), hex('0000000d ffffffff 7fffffff ffffffff')]),
    Buffer.concat([rDataOf(), hex('00000013 7fffffff'), hex('000000fe').subarray(0, 4)]),
    mxnetOf([2 ** 40, 2 ** 40], weights(8)),
    npyOf(headerOf("'<f8'", `(${'9'.repeat(19)}, ${'9'.repeat(19)})`), weights(8)),
    torch7Of(number32(2), number32(2 ** 31 - 1)),
  ]
  for (const bytes of huge) {
    expect((await scan(bytes)).verdict).toBe('fail')
  }
})
