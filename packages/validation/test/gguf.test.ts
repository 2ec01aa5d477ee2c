import { createSeededRandom, isAtLeast } from '@nootropic/core'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { array, byte, floats, type GgufParts, ggufFile, number, soundGguf, text, texts } from './support/gguf-file.ts'

const blocking = async (bytes: Uint8Array): Promise<readonly string[]> =>
  (await scan(bytes)).findings.filter(({ severity }) => isAtLeast(severity, 'medium')).map(({ rule }) => rule)

const architecture = ['general.architecture', text('llama')] as const
const aligned = (alignment: number) => [architecture, ['general.alignment', number(alignment)]] as const
const a = floats('a', 8, 0)
const b = floats('b', 8, 32)
const two = [a, b]

/** The cases of llama.cpp's `tests/test-gguf.cpp` that must be refused, by their names there. */
const refused: Readonly<Record<string, readonly [rule: string, parts: GgufParts]>> = {
  HEADER_BAD_VERSION_0: ['gguf/version', { version: 0 }],
  HEADER_BAD_VERSION_1: ['gguf/version', { version: 1 }],
  HEADER_BAD_VERSION_FUTURE: ['gguf/version', { version: 4 }],
  HEADER_BAD_N_TENSORS: ['gguf/tensor-count', { tensorCount: 2n ** 64n - 1n }],
  HEADER_BAD_N_KV: ['gguf/key-count', { keyCount: 2n ** 64n - 1n }],
  KV_BAD_KEY_SIZE: ['gguf/string-length', { keyLength: 2n ** 64n - 1n }],
  KV_BAD_KEY_EMPTY: ['gguf/key', { metadata: [architecture, ['', number(1)]] }],
  KV_BAD_TYPE: ['gguf/value-type', { metadata: [architecture, ['key', byte(13, 0)]] }],
  KV_DUPLICATE_KEY: ['gguf/duplicate-key', { metadata: [architecture, architecture] }],
  KV_BAD_ALIGN: ['gguf/alignment', { metadata: aligned(13) }],
  KV_BAD_ALIGN_TYPE: ['gguf/key-type', { metadata: [architecture, ['general.alignment', text('32')]] }],
  TENSORS_BAD_NAME_SIZE: ['gguf/tensor-name', { tensors: [floats('n'.repeat(64), 8, 0)], data: 32 }],
  TENSORS_BAD_N_DIMS: ['gguf/dimensions', { tensors: [{ ...a, shape: [8, 1, 1, 1, 1] }], data: 32 }],
  TENSORS_BAD_SHAPE: ['gguf/shape', { tensors: [{ ...a, shape: [-8] }], data: 32 }],
  TENSORS_NE_TOO_BIG: ['gguf/size-overflow', { tensors: [{ ...a, shape: [2n ** 62n, 4] }], data: 32 }],
  TENSORS_NBYTES_TOO_BIG: ['gguf/size-overflow', { tensors: [{ ...a, shape: [2n ** 62n] }], data: 32 }],
  TENSORS_BAD_TYPE: ['gguf/tensor-type', { tensors: [{ ...a, type: 0xffffffff }], data: 32 }],
  TENSORS_BAD_OFFSET: ['gguf/offset', { tensors: [floats('a', 8, 1)], data: 64 }],
  TENSORS_DUPLICATE_NAME: ['gguf/duplicate-tensor', { tensors: [a, { ...b, name: 'a' }], data: 64 }],
  TENSORS_BAD_ALIGN: ['gguf/alignment', { metadata: aligned(13), tensors: two, data: 64 }],
  TENSORS_INCONSISTENT_ALIGN: ['gguf/offset', { metadata: aligned(64), tensors: two, data: 64 }],
  DATA_NOT_ENOUGH_DATA: ['gguf/data-overrun', { tensors: two, data: 63 }],
  DATA_BAD_ALIGN: ['gguf/alignment', { metadata: aligned(0), tensors: two, data: 64 }],
  DATA_INCONSISTENT_ALIGN: ['gguf/offset', { metadata: aligned(64), tensors: two, alignment: 64, data: 64 }],
  DATA_MEM_SIZE_OVERFLOW: [
    'gguf/data-overrun',
    {
      tensors: [
        { ...a, shape: [2n ** 60n] },
        { ...b, shape: [2n ** 60n], offset: 2n ** 62n },
      ],
      data: 64,
    },
  ],
}

for (const [name, [rule, parts]] of Object.entries(refused)) {
  test(`llama.cpp's ${name} is refused`, async () => {
    expect(await blocking(ggufFile(parts))).toContain(rule)
  })
}

test("llama.cpp's HEADER_BAD_MAGIC does not pass", async () => {
  const file = soundGguf()
  file[0] = 0
  expect((await scan(file)).verdict).not.toBe('pass')
})

test("llama.cpp's TENSORS_ZERO_DIM passes, as its loader takes it", async () => {
  const file = ggufFile({ tensors: [floats('a', 0, 0), floats('b', 8, 0)], data: 32 })
  expect((await scan(file)).verdict).toBe('pass')
})

test('sound files of both versions and byte orders pass', async () => {
  const vocabulary = [
    ['tokenizer.ggml.tokens', texts('<s>', '</s>', 'a')],
    ['tokenizer.ggml.scores', array(6, 3, Buffer.alloc(12))],
    ['tokenizer.chat_template', text('{% for m in messages %}{{ m.content }}{% endfor %}')],
    ['tokenizer.chat_templates', texts('rag')],
    ['tokenizer.chat_template.rag', text("{{ messages[0]['content'] }}")],
  ] as const
  for (const parts of [{}, { version: 2 }, { isLittleEndian: false }]) {
    const file = ggufFile({ ...parts, metadata: [architecture, ...vocabulary], tensors: two, data: 64 })
    const { verdict, subject } = await scan(file)
    expect([subject.format, verdict]).toEqual(['gguf', 'pass'])
  }
})

test('every template of a model is parsed, whatever its name and however often its key stands', async () => {
  const hostile = text("{{ ''.__class__.__mro__ }}")
  const harmless = text('{{ messages }}')
  for (const entries of [
    [['tokenizer.chat_template', hostile]],
    [['tokenizer.chat_template.tool_use', hostile]],
    [['tokenizer.chat_templates', texts('default', "{{ ''.__class__ }}")]],
    [
      ['tokenizer.chat_template', hostile],
      ['tokenizer.chat_template', harmless],
    ],
    [
      ['tokenizer.chat_template', harmless],
      ['tokenizer.chat_template', hostile],
    ],
  ] as const) {
    expect(await blocking(soundGguf(...entries))).toContain('template/private-attribute')
  }
})

test('a text that begins like the magic is a text', async () => {
  const { subject } = await scan(Buffer.from('GGUF is the file format of llama.cpp.\n'))
  expect(subject.format).not.toBe('gguf')
})

const numbers = (...values: readonly number[]): Uint8Array => {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [at, value] of values.entries()) bytes.writeUInt32LE(value, 4 * at)
  return bytes
}

test('what ggml wrote before GGUF is read under its own name', async () => {
  const llama = numbers(1, 8, 32, 1, 1, 8, 0)
  const token = Buffer.concat([numbers(1), Buffer.from('a')])
  const score = numbers(0)
  const tensor = Buffer.concat([numbers(1, 4, 0, 2), Buffer.from('norm'), Buffer.alloc(8)])
  const whisper = Buffer.concat([
    numbers(2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 0),
    numbers(2, 3),
    Buffer.alloc(24),
    numbers(1),
    token,
  ])
  const files: Readonly<Record<string, readonly Uint8Array[]>> = {
    ggml: [Buffer.from('lmgg'), llama, token, tensor],
    'whisper-ggml': [Buffer.from('lmgg'), whisper, tensor],
    ggmf: [Buffer.from('fmgg'), numbers(1), llama, token, score, tensor],
    ggjt: [Buffer.from('tjgg'), numbers(3), llama, token, score],
    ggla: [Buffer.from('algg'), numbers(1, 8, 16)],
  }
  for (const [format, parts] of Object.entries(files)) {
    const report = await scan(Buffer.concat(parts))
    expect([report.subject.format, report.verdict]).toEqual([format, 'pass'])
  }
})

test('an unknown layout without a version is incomplete', async () => {
  const report = await scan(Buffer.concat([Buffer.from('lmgg'), numbers(...Array.from({ length: 32 }, () => 0xffff))]))
  expect(report.verdict).toBe('incomplete')
})

test('a changed byte never makes the reader fail', async () => {
  const sound = soundGguf(['tokenizer.ggml.tokens', texts('a', 'b')], ['tokenizer.ggml.add_bos_token', byte(7, 1)])
  const random = createSeededRandom(5)
  for (let round = 0; round < 400; round += 1) {
    const changed = Uint8Array.from(sound)
    for (let count = 1 + random.integer(3); count > 0; count -= 1) {
      changed[random.integer(changed.length)] = random.uniform() < 0.3 ? 0xff : random.integer(256)
    }
    const length = random.uniform() < 0.2 ? random.integer(changed.length) : changed.length
    const { stages } = await scan(changed.subarray(0, length))
    expect(JSON.stringify(stages)).not.toContain('failed')
  }
})
