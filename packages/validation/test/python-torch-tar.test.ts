import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { callOf, pickleOf } from './support/python-files.ts'
import { tarOf } from './support/tar-builder.ts'

const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

const place = 'X\u0003\u0000\u0000\u0000cpu'
const hostile = callOf('os', 'system', 'true')
const storage = (type = 'ctorch\nFloatStorage\n'): Buffer =>
  Buffer.concat([pickleOf('K\u0001', place, type, '\u0087'), u64(2), Buffer.alloc(8, 1)])

const soundStorages = Buffer.concat([pickleOf('K\u0001'), storage(), pickleOf(']')])
const soundTensors = Buffer.concat([
  pickleOf('K\u0001'),
  pickleOf('K\u0002K\u0001N\u0087'),
  u64(1),
  ...[2, 1, 0].map(u64),
])

const tensors = (type: string): Buffer<ArrayBuffer> =>
  Buffer.concat([pickleOf('K\u0001'), pickleOf('K\u0002K\u0001', type, '\u0087'), u64(1), ...[2, 1, 0].map(u64)])

/** A file of torch 0.1. */
const torchTarOf = ({
  storages = soundStorages,
  tensors = soundTensors,
  more = [] as { name: string; data: string }[],
} = {}): Buffer =>
  tarOf([
    ...more,
    { name: 'sys_info', data: pickleOf('}') },
    { name: 'pickle', data: pickleOf('}') },
    { name: 'tensors', data: tensors },
    { name: 'storages', data: storages },
  ])

const rulesOf = async (bytes: Buffer): Promise<string[]> => (await scan(bytes)).findings.map(({ rule }) => rule)

test('a tar of torch 0.1 passes', async () => {
  const report = await scan(torchTarOf())
  expect([report.verdict, report.subject.format, report.findings]).toEqual(['pass', 'torch-tar', []])
})

test.each(['torch\nFloatTensor', 'torch\nLongTensor', 'torch.cuda\nHalfTensor', 'torch.sparse\nDoubleTensor'])(
  'the kind of a tensor of torch 0.1 passes, its call does not: %j',
  async (type) => {
    expect(await rulesOf(torchTarOf({ tensors: tensors(`c${type}\n`) }))).toEqual([])
    expect(await rulesOf(torchTarOf({ tensors: tensors(`c${type}\n)R`) }))).toContain('pickle/call-arguments')
  },
)

test('a pickle behind the raw values of a storage is read', async () => {
  expect(await rulesOf(torchTarOf({ storages: Buffer.concat([pickleOf('K\u0001'), storage(), hostile]) }))).toContain(
    'pickle/dangerous-call',
  )
  // Protocol 0, which no sweep finds.
  const text = Buffer.from("cwebbrowser\nopen\n(S'x'\ntR.")
  expect(await rulesOf(torchTarOf({ storages: Buffer.concat([pickleOf('K\u0001'), storage(), text]) }))).toContain(
    'pickle/dangerous-call',
  )
})

test('a pickle behind the sizes of a tensor is read', async () => {
  const tensors = Buffer.concat([pickleOf('K\u0002'), soundTensors.subarray(pickleOf('K\u0001').length), hostile])
  expect(await rulesOf(torchTarOf({ tensors }))).toContain('pickle/dangerous-call')
})

test('a storage whose class is not plain does not decide where the next pickle stands', async () => {
  const twice = 'ctorch\nFloatStorage\n0ctorch\nDoubleStorage\n'
  const report = await scan(
    torchTarOf({ storages: Buffer.concat([pickleOf('K\u0001'), storage(twice), pickleOf(']')]) }),
  )
  expect([report.verdict, report.findings.map(({ rule }) => rule)]).toEqual(['fail', ['python/torch-legacy-malformed']])
})

test('entries of another format beside the storages do not hide them', async () => {
  const storages = Buffer.concat([pickleOf('K\u0001'), storage(), hostile])
  const more = [{ name: 'model_config.yaml', data: 'a: 1\n' }]
  expect(await rulesOf(torchTarOf({ storages, more }))).toContain('pickle/dangerous-call')
})
