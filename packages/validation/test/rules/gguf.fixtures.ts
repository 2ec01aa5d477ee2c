import { array, byte, floats, type GgufTensor, ggufFile, number, soundGguf, text, texts } from '../support/gguf-file.ts'
import type { RoomFixtures } from './fixture.ts'

const architecture = ['general.architecture', text('llama')] as const
const sound = {
  sound: () => soundGguf(),
  'a vocabulary alone': () => soundGguf(['tokenizer.ggml.tokens', texts('a', 'b')]),
}

const withTensors = (data: number, ...tensors: readonly GgufTensor[]): Uint8Array => ggufFile({ tensors, data })
const tensor = (type: number, shape: readonly (number | bigint)[], offset: number | bigint = 0): GgufTensor => ({
  name: 'blk.0.attn_q.weight',
  shape,
  type,
  offset,
})

const uint32s = (...values: readonly number[]): Uint8Array => {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [at, value] of values.entries()) bytes.writeUInt32LE(value, 4 * at)
  return bytes
}
const legacy = (magic: string, ...parts: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat([Buffer.from(magic), ...parts])
const hyperparameters = uint32s(1, 32, 32, 1, 1, 32, 0)
const token = Buffer.concat([uint32s(1), Buffer.from('a'), uint32s(0)])
const ggjtTensor = (dimensions: number, elements: number, nameLength = 4): Uint8Array =>
  Buffer.concat([uint32s(dimensions, nameLength, 0, elements), Buffer.from('norm')])

/** Cases of the rules for GGUF. */
export const fixtures: RoomFixtures = {
  'gguf/version': {
    positive: {
      'version 0': () => ggufFile({ version: 0 }),
      'version 1, which loaders no longer read': () => ggufFile({ version: 1 }),
      'a version of the future': () => ggufFile({ version: 4 }),
    },
    negative: { ...sound, 'version 2': () => ggufFile({ version: 2 }) },
  },
  'gguf/byte-order': {
    positive: {
      'a big-endian file': () => ggufFile({ isLittleEndian: false }),
      'a big-endian file with tensors': () =>
        ggufFile({ isLittleEndian: false, tensors: [floats('weight', 8, 0)], data: 32 }),
    },
    negative: sound,
  },
  'gguf/tensor-count': {
    positive: {
      'CVE-2024-21836: a count whose product overflows': () => ggufFile({ tensorCount: 2n ** 64n / 88n + 1n }),
      'a count of 2^64 - 1': () => ggufFile({ tensorCount: 2n ** 64n - 1n }),
      'a thousand in a file of a hundred bytes': () => ggufFile({ tensorCount: 1000n }),
    },
    negative: sound,
  },
  'gguf/key-count': {
    positive: {
      'CVE-2024-23605: a count whose product overflows': () => ggufFile({ keyCount: 2n ** 64n / 48n + 1n }),
      'a count of 2^64 - 1': () => ggufFile({ keyCount: 2n ** 64n - 1n }),
    },
    negative: sound,
  },
  'gguf/truncated': {
    positive: {
      'the magic and nothing else': () => Buffer.from('GGUF\u0003\0'),
      'a tensor without its type': () => ggufFile({ tensors: [floats('weight', 8, 0)] }).subarray(0, -10),
      'an entry without its value': () => ggufFile({ metadata: [['general.alignment', number(32)]] }).subarray(0, -2),
    },
    negative: sound,
  },
  'gguf/string-length': {
    positive: {
      'CVE-2024-23496: a string of 2^64 - 1 bytes': () =>
        ggufFile({ metadata: [architecture, ['general.name', text('tiny', 2n ** 64n - 1n)]] }),
      'a key longer than the file': () => ggufFile({ keyLength: 4096n }),
      'an element of an array longer than the file': () =>
        soundGguf(['tokenizer.ggml.tokens', array(8, 1, Buffer.from('ffffffffffffff7f', 'hex'))]),
    },
    negative: { ...sound, 'an empty string': () => soundGguf(['general.author', text('')]) },
  },
  'gguf/key': {
    positive: {
      'an empty key': () => soundGguf(['', number(1)]),
      'a key with control characters': () => soundGguf(['general.\u001b[2Jname', number(1)]),
      'a key of 70,000 bytes': () => soundGguf(['k'.repeat(70_000), number(1)]),
    },
    negative: { ...sound, 'a key with hyphens and capitals': () => soundGguf(['command-r.Head_count', number(1)]) },
  },
  'gguf/duplicate-key': {
    positive: {
      'a template twice': () =>
        soundGguf(['tokenizer.chat_template', text('a')], ['tokenizer.chat_template', text('b')]),
      'an alignment twice': () => soundGguf(['general.alignment', number(32)], ['general.alignment', number(64)]),
    },
    negative: { ...sound, 'keys that differ in case': () => soundGguf(['a.b', number(1)], ['a.B', number(1)]) },
  },
  'gguf/value-type': {
    positive: {
      'a type behind the last': () => soundGguf(['llama.block_count', byte(13, 0)]),
      'a type of 2^32 - 1': () => soundGguf(['llama.block_count', byte(0xffffffff, 0)]),
      'an array of an unknown type': () => soundGguf(['llama.block_count', array(99, 1, Buffer.alloc(8))]),
    },
    negative: sound,
  },
  'gguf/array-length': {
    positive: {
      'CVE-2024-21825: a count whose product overflows': () =>
        soundGguf(['tokenizer.ggml.scores', array(6, 2n ** 62n + 1n, Buffer.alloc(4))]),
      'an array of strings of 2^64 - 1 elements': () =>
        soundGguf(['tokenizer.ggml.tokens', array(8, 2n ** 64n - 1n, Buffer.alloc(8))]),
    },
    negative: { ...sound, 'an empty array': () => soundGguf(['llama.layers', array(4, 0, Buffer.alloc(0))]) },
  },
  'gguf/nested-array': {
    positive: {
      'an array of arrays': () => soundGguf(['llama.layers', array(9, 1, Buffer.alloc(12))]),
      'an empty array of arrays': () => soundGguf(['llama.layers', array(9, 0, Buffer.alloc(0))]),
    },
    negative: { ...sound, 'an array of texts': () => soundGguf(['general.tags', texts('chat', 'tiny')]) },
  },
  'gguf/boolean': {
    positive: {
      'a truth value of 2': () => soundGguf(['tokenizer.ggml.add_bos_token', byte(7, 2)]),
      'a truth value of 255': () => soundGguf(['tokenizer.ggml.add_bos_token', byte(7, 255)]),
    },
    negative: {
      true: () => soundGguf(['tokenizer.ggml.add_bos_token', byte(7, 1)]),
      false: () => soundGguf(['tokenizer.ggml.add_bos_token', byte(7, 0)]),
    },
  },
  'gguf/key-type': {
    positive: {
      'an architecture that is a number': () => ggufFile({ metadata: [['general.architecture', number(1)]] }),
      'a template that is a list': () => soundGguf(['tokenizer.chat_template', texts('a')]),
      'an alignment that is a text': () => soundGguf(['general.alignment', text('32')]),
    },
    negative: { ...sound, 'a list of names of templates': () => soundGguf(['tokenizer.chat_templates', texts('rag')]) },
  },
  'gguf/vocabulary': {
    positive: {
      'fewer scores than tokens': () =>
        soundGguf(['tokenizer.ggml.tokens', texts('a', 'b')], ['tokenizer.ggml.scores', array(6, 1, Buffer.alloc(4))]),
      'no types of tokens': () =>
        soundGguf(['tokenizer.ggml.tokens', texts('a')], ['tokenizer.ggml.token_type', array(5, 0, Buffer.alloc(0))]),
    },
    negative: {
      ...sound,
      'as many scores as tokens': () =>
        soundGguf(['tokenizer.ggml.tokens', texts('a', 'b')], ['tokenizer.ggml.scores', array(6, 2, Buffer.alloc(8))]),
    },
  },
  'gguf/architecture': {
    positive: {
      'no metadata': () => ggufFile({ metadata: [] }),
      'a name alone': () => ggufFile({ metadata: [['general.name', text('tiny')]] }),
    },
    negative: { ...sound, 'an importance matrix': () => ggufFile({ metadata: [['general.type', text('imatrix')]] }) },
  },
  'gguf/alignment': {
    positive: {
      'no power of two': () => soundGguf(['general.alignment', number(13)]),
      zero: () => soundGguf(['general.alignment', number(0)]),
      'two gigabytes': () => soundGguf(['general.alignment', number(2 ** 31)]),
    },
    negative: {
      ...sound,
      'sixty-four': () =>
        ggufFile({
          metadata: [architecture, ['general.alignment', number(64)]],
          tensors: [floats('a', 8, 0), floats('b', 8, 64)],
          alignment: 64,
          data: 96,
        }),
    },
  },
  'gguf/tensor-name': {
    positive: {
      'a name of 64 bytes': () => withTensors(32, floats('n'.repeat(64), 8, 0)),
      'a name of 5000 bytes': () => withTensors(32, floats('n'.repeat(5000), 8, 0)),
      'an empty name': () => withTensors(32, floats('', 8, 0)),
      'a name with a zero byte': () => withTensors(32, floats('a\0b', 8, 0)),
    },
    negative: { ...sound, 'a name of 63 bytes': () => withTensors(32, floats('n'.repeat(63), 8, 0)) },
  },
  'gguf/duplicate-tensor': {
    positive: {
      'the same name for two places': () => withTensors(64, floats('w', 8, 0), floats('w', 8, 32)),
      'the same name for one place': () => withTensors(32, floats('w', 8, 0), floats('w', 0, 0)),
    },
    negative: { ...sound, 'names that differ': () => withTensors(64, floats('w', 8, 0), floats('v', 8, 32)) },
  },
  'gguf/dimensions': {
    positive: {
      'CVE-2024-21802: five dimensions': () => withTensors(32, tensor(0, [8, 1, 1, 1, 1])),
      'a number of dimensions of 2^32 - 1': () => withTensors(32, { ...tensor(0, [8]), dimensions: 0xffffffff }),
    },
    negative: { ...sound, 'four dimensions': () => withTensors(32, tensor(0, [2, 2, 2, 1])) },
  },
  'gguf/shape': {
    positive: {
      'a dimension of -1': () => withTensors(32, tensor(0, [-1])),
      'a dimension of -2^63': () => withTensors(32, tensor(0, [8, -(2n ** 63n)])),
    },
    negative: { ...sound, 'a dimension of zero, which loaders take': () => withTensors(0, tensor(0, [0])) },
  },
  'gguf/size-overflow': {
    positive: {
      'CVE-2025-53630: bytes beyond 63 bits': () => withTensors(32, tensor(0, [2n ** 62n])),
      'elements beyond 63 bits': () => withTensors(32, tensor(0, [2n ** 32n, 2n ** 32n])),
    },
    negative: sound,
  },
  'gguf/tensor-type': {
    positive: {
      'a type behind the last': () => withTensors(32, tensor(200, [8])),
      'a type that was never written': () => withTensors(32, tensor(4, [32])),
      'a type of 2^32 - 1': () => withTensors(32, tensor(0xffffffff, [8])),
    },
    negative: {
      ...sound,
      'a quantised type': () => withTensors(210, tensor(14, [256])),
      'a new type': () => withTensors(17, tensor(39, [32])),
    },
  },
  'gguf/removed-type': {
    positive: {
      'blocks for ARM': () => withTensors(18, tensor(31, [32])),
      'blocks of another order': () => withTensors(18, tensor(36, [32])),
    },
    negative: { ...sound, 'blocks of today': () => withTensors(18, tensor(2, [32])) },
  },
  'gguf/block-shape': {
    positive: {
      'a row of 33 in blocks of 32': () => withTensors(64, tensor(8, [33])),
      'a row of 32 in blocks of 256': () => withTensors(256, tensor(12, [32, 8])),
    },
    negative: { ...sound, 'a row of 512 in blocks of 256': () => withTensors(288, tensor(12, [512])) },
  },
  'gguf/offset': {
    positive: {
      'an odd offset': () => withTensors(40, tensor(0, [8], 1)),
      'an offset that fits another alignment': () =>
        ggufFile({
          metadata: [architecture, ['general.alignment', number(64)]],
          tensors: [floats('a', 8, 0), floats('b', 8, 32)],
          alignment: 64,
          data: 64,
        }),
    },
    negative: sound,
  },
  'gguf/data-overrun': {
    positive: {
      'less data than the tensor needs': () => withTensors(16, tensor(0, [8])),
      'an offset near 2^64': () => withTensors(32, tensor(0, [8], 2n ** 64n - 32n)),
      'no data at all': () => withTensors(0, tensor(0, [8])),
    },
    negative: sound,
  },
  'gguf/overlap': {
    positive: {
      'two tensors at one place': () => withTensors(32, floats('a', 8, 0), floats('b', 8, 0)),
      'a tensor that begins inside another': () => withTensors(96, floats('a', 16, 0), floats('b', 16, 32)),
    },
    negative: { ...sound, 'padding between two': () => withTensors(64, floats('a', 3, 0), floats('b', 8, 32)) },
  },
  'gguf/hole': {
    positive: {
      'bytes between two tensors': () => withTensors(96, floats('a', 8, 0), floats('b', 8, 64)),
      'bytes before the first tensor': () => withTensors(64, floats('a', 8, 32)),
    },
    negative: { ...sound, 'padding between two': () => withTensors(64, floats('a', 3, 0), floats('b', 8, 32)) },
  },
  'gguf/trailing-data': {
    positive: {
      'bytes behind the last tensor': () => withTensors(4096, floats('a', 8, 0)),
      'data without tensors': () => ggufFile({ data: 256 }),
    },
    negative: { ...sound, 'padding behind the last tensor': () => withTensors(32, floats('a', 3, 0)) },
  },
  'gguf/padding': {
    positive: {
      'letters before the tensors': () => ggufFile({ tensors: [floats('a', 8, 0)], data: 32, padding: 0x41 }),
      'ones before the tensors': () => ggufFile({ tensors: [floats('b', 8, 0)], data: 32, padding: 0xff }),
    },
    negative: { ...sound, 'zeros before the tensors': () => withTensors(32, floats('a', 8, 0)) },
  },
  'gguf/legacy-structure': {
    positive: {
      'a vocabulary beyond the file': () => legacy('tjgg', uint32s(3, 0xffffffff, 32, 32, 1, 1, 32, 0)),
      'a tensor beyond the file': () => legacy('tjgg', uint32s(3), hyperparameters, token, ggjtTensor(1, 1e9)),
      'a name beyond the file': () => legacy('fmgg', uint32s(1), hyperparameters, token, ggjtTensor(1, 1, 1e9)),
      'an unknown version': () => legacy('algg', uint32s(77, 8, 16)),
      'five dimensions': () => legacy('algg', uint32s(1, 8, 16), ggjtTensor(5, 1)),
    },
    negative: {
      'a sound GGJT file': () =>
        // The tensor's description ends at byte 65 and its data begins at the next multiple of 32.
        Buffer.concat([legacy('tjgg', uint32s(3), hyperparameters, token, ggjtTensor(1, 4)), Buffer.alloc(31 + 16)]),
      'a sound adapter': () => legacy('algg', uint32s(1, 8, 16)),
    },
  },
}
