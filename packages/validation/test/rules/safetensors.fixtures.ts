import { bytesTensor, padded, safetensorsFile, soundSafetensors } from '../support/safetensors-file.ts'
import type { RoomFixtures } from './fixture.ts'

const tensor = (dtype: unknown, shape: unknown, begin: unknown, end: unknown): Readonly<Record<string, unknown>> => ({
  dtype,
  shape,
  data_offsets: [begin, end],
})

const one = (entry: unknown, buffer: number): Uint8Array => safetensorsFile(padded({ weight: entry }), buffer)
const json = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document))
const index = (...files: readonly unknown[]): Uint8Array =>
  json({ metadata: { total_size: 8 }, weight_map: Object.fromEntries(files.map((file, at) => [`layer.${at}`, file])) })

const sound = { sound: () => soundSafetensors(), 'without tensors': () => safetensorsFile(padded({})) }
const header = JSON.stringify({ a: bytesTensor(0, 2) })

/** Cases of the rules for safetensors. */
export const fixtures: RoomFixtures = {
  'safetensors/header-length': {
    positive: {
      'a length beyond the file': () => safetensorsFile(header, 2, 10_000n),
      'a length of 2^64 - 1': () => safetensorsFile(header, 2, 2n ** 64n - 1n),
      'a length beyond the 100 MB of the format': () => safetensorsFile(header, 2, 100_000_001n),
    },
    negative: { ...sound, 'a header up to the end of the file': () => safetensorsFile('{}') },
  },
  'safetensors/header-start': {
    positive: {
      'a space first': () => safetensorsFile(` ${header}`, 2),
      'a line break first': () => safetensorsFile(`\n${header}`, 2),
    },
    negative: sound,
  },
  'safetensors/header-encoding': {
    positive: {
      'a lone continuation byte in a name': () =>
        safetensorsFile(Buffer.from(header.replace('"a"', '"\u0080"'), 'latin1'), 2),
      'a name in Latin-1': () => safetensorsFile(Buffer.from(header.replace('"a"', '"\u00e9"'), 'latin1'), 2),
    },
    negative: { ...sound, 'a name beyond ASCII': () => safetensorsFile({ größe: bytesTensor(0, 2) }, 2) },
  },
  'safetensors/header-syntax': {
    positive: {
      'a comma too many': () => safetensorsFile('{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},}', 2),
      'no end': () => safetensorsFile('{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]', 2),
      'a comment': () => safetensorsFile('{"a":/* hidden */{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}', 2),
    },
    negative: {
      ...sound,
      'spaces between values': () => safetensorsFile(JSON.stringify({ a: bytesTensor(0, 2) }, null, 1), 2),
    },
  },
  'safetensors/header-nesting': {
    positive: {
      'a shape a thousand deep': () => safetensorsFile(`{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`),
      'objects a million deep': () => safetensorsFile(`${'{"a":'.repeat(1_000_000)}0${'}'.repeat(1_000_000)}`),
    },
    negative: { ...sound, 'a field four deep': () => one({ ...bytesTensor(0, 2), extra: [[[[]]]] }, 2) },
  },
  'safetensors/header-padding': {
    positive: {
      'zeros behind the header': () => safetensorsFile(`${header}\0\0\0\0`, 2),
      'a second document behind the header': () => safetensorsFile(`${header}{"b":{}}`, 2),
      'a script behind the spaces': () => safetensorsFile(`${header}        #!/bin/sh`, 2),
    },
    negative: { ...sound, 'many spaces': () => safetensorsFile(header.padEnd(512), 2) },
  },
  'safetensors/duplicate-key': {
    positive: {
      'a tensor twice': () =>
        safetensorsFile(`{"a":${JSON.stringify(bytesTensor(0, 2))},"a":${JSON.stringify(bytesTensor(0, 2))}}`, 2),
      'offsets twice': () =>
        safetensorsFile('{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"data_offsets":[0,2]}}', 2),
      'a key that is spelled with an escape the second time': () =>
        safetensorsFile('{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"\\u0064type":"I8"}}', 2),
    },
    negative: {
      ...sound,
      'the same field in two tensors': () => safetensorsFile({ a: bytesTensor(0, 2), b: bytesTensor(2, 4) }, 4),
    },
  },
  'safetensors/metadata-type': {
    positive: {
      'a number': () => soundSafetensors({ epochs: 3 }),
      'an object': () => soundSafetensors({ config: { auto_map: {} } }),
      'a list for all of it': () => safetensorsFile({ __metadata__: [] }),
    },
    negative: {
      text: () => soundSafetensors({ format: 'pt' }),
      'none, which the reference reader takes': () => safetensorsFile({ __metadata__: null }),
    },
  },
  'safetensors/tensor-entry': {
    positive: {
      'no dtype': () => one({ shape: [2], data_offsets: [0, 2] }, 2),
      'a shape of fractions': () => safetensorsFile('{"a":{"dtype":"U8","shape":[2.0],"data_offsets":[0,2]}}', 2),
      'a negative dimension': () => one(tensor('U8', [-2], 0, 2), 2),
      'three offsets': () => one({ dtype: 'U8', shape: [2], data_offsets: [0, 2, 4] }, 2),
      'an unknown field': () => one({ ...bytesTensor(0, 2), loader: 'x' }, 2),
    },
    negative: sound,
  },
  'safetensors/element-type': {
    positive: {
      'a type of another format': () => one(tensor('Q4_0', [32], 0, 18), 18),
      'lower case': () => one(tensor('f32', [1], 0, 4), 4),
    },
    negative: {
      ...sound,
      'a type of half a byte': () => one(tensor('F4', [8], 0, 4), 4),
      'a complex type': () => one(tensor('C64', [1], 0, 8), 8),
    },
  },
  'safetensors/shape-overflow': {
    positive: {
      'a product beyond 64 bits': () => one(tensor('F32', [2 ** 40, 2 ** 40], 0, 4), 4),
      'a product that wraps to zero': () =>
        safetensorsFile('{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}'),
    },
    negative: { ...sound, 'no elements': () => one(tensor('F32', [0, 2 ** 40], 0, 0), 0) },
  },
  'safetensors/size-mismatch': {
    positive: {
      'fewer bytes than the shape needs': () => one(tensor('F32', [4], 0, 8), 8),
      'more bytes than the shape needs': () => one(tensor('F32', [1], 0, 8), 8),
      'half a byte left over': () => one(tensor('F4', [3], 0, 2), 2),
    },
    negative: { ...sound, 'a single number': () => one(tensor('F32', [], 0, 4), 4) },
  },
  'safetensors/offset-range': {
    positive: {
      'an end beyond the file': () => one(tensor('U8', [64], 0, 64), 8),
      'an end before the beginning': () => one(tensor('U8', [4], 4, 0), 4),
      'offsets near 2^64': () =>
        safetensorsFile(
          '{"a":{"dtype":"U8","shape":[8],"data_offsets":[18446744073709551607,18446744073709551615]}}',
          8,
        ),
    },
    negative: sound,
  },
  'safetensors/overlap': {
    positive: {
      'two tensors at one place': () => safetensorsFile({ a: bytesTensor(0, 4), b: bytesTensor(0, 4) }, 4),
      'a tensor that begins inside another': () => safetensorsFile({ a: bytesTensor(0, 4), b: bytesTensor(2, 6) }, 6),
      'an empty tensor inside another': () => safetensorsFile({ a: bytesTensor(0, 4), b: bytesTensor(2, 2) }, 4),
    },
    negative: {
      ...sound,
      'an empty tensor between two': () =>
        safetensorsFile({ a: bytesTensor(0, 4), b: bytesTensor(4, 4), c: bytesTensor(4, 8) }, 8),
    },
  },
  'safetensors/hole': {
    positive: {
      'bytes between two tensors': () => safetensorsFile({ a: bytesTensor(0, 4), b: bytesTensor(8, 12) }, 12),
      'bytes before the first tensor': () => safetensorsFile({ a: bytesTensor(4, 8) }, 8),
    },
    negative: {
      ...sound,
      'tensors in another order than in the header': () =>
        safetensorsFile({ a: bytesTensor(4, 8), b: bytesTensor(0, 4) }, 8),
    },
  },
  'safetensors/trailing-data': {
    positive: {
      'bytes behind the last tensor': () => safetensorsFile({ a: bytesTensor(0, 4) }, 4096),
      'bytes in a file without tensors': () => safetensorsFile({}, 16),
    },
    negative: sound,
  },
  'safetensors/tensor-name': {
    positive: {
      'a name that means something to JavaScript': () =>
        safetensorsFile(`{"__proto__":${JSON.stringify(bytesTensor(0, 2))}}`, 2),
      'a path out of the directory': () => safetensorsFile({ '../../.bashrc': bytesTensor(0, 2) }, 2),
      'a name that turns the direction of text': () => safetensorsFile({ 'weight\u202Ethgiew': bytesTensor(0, 2) }, 2),
    },
    negative: {
      ...sound,
      'a name with slashes and a colon': () => safetensorsFile({ 'encoder/dense/kernel:0': bytesTensor(0, 2) }, 2),
    },
  },
  'safetensors/alignment': {
    positive: {
      'a header of odd length': () => safetensorsFile('{} '),
      'a header of four bytes': () => safetensorsFile('{}  '),
    },
    negative: sound,
  },
  'safetensors/index-path': {
    positive: {
      'a path out of the directory': () => index('model-00001-of-00002.safetensors', '../../etc/passwd'),
      'an absolute path': () => index('/etc/passwd'),
      'an address': () => index('https://example.org/model.safetensors'),
      'a drive of Windows': () => index('C:\\model.safetensors'),
      'no text': () => index(7),
    },
    negative: {
      'files beside the index': () => index('model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'),
      'a directory below the index': () => index('shards/model.safetensors', 'a..b.safetensors'),
    },
  },
}
