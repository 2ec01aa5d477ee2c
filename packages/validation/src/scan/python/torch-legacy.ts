import type { Format, Recognition, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { type ByteSource, bytesSource, partOf } from '../source.ts'
import { createByteCursor, readStructure } from '../wire/byte-cursor.ts'
import { readInteger } from './integer-pickle.ts'
import { endOfPickle, walkPickle } from './pickle-walk.ts'
import { pythonRules } from './rules.ts'
import { storageClaims } from './torch-storages.ts'

/** `MAGIC_NUMBER` and `PROTOCOL_VERSION` of `torch/serialization.py`. */
const magicNumber = 0x1950a86a20f9469cfc6cn
const protocolVersion = 1001n

/** The pickles of a file of `torch.save` before 1.6, in their order. */
const pickleNames = ['magic number', 'protocol version', 'system information', 'object', 'storage keys'] as const

const recogniseTorchLegacy = ({ head }: Sample): Recognition => {
  // PROTO, or a number of protocol 0: nothing else opens such a file.
  if (head[0] !== 0x80 && head[0] !== 0x4c && head[0] !== 0x49) return undefined
  const magic = readInteger(bytesSource(head), 0)
  if (magic === undefined) return undefined
  // The reader of pickles leaves files of protocol 2 to this one; those of another protocol it reads one by one itself.
  if (magic.value === magicNumber) return magic.isPlain && head[0] === 0x80 && head[1] !== 2 ? 'likely' : 'certain'
  return readInteger(bytesSource(head), magic.end)?.value === protocolVersion ? 'likely' : undefined
}

/** The keys of the last pickle, a list of texts in the order in which the storages follow. */
const readStorageKeys = (content: ByteSource, start: number, inspection: Inspection): readonly string[] => {
  const keys: string[] = []
  for (const { opcode, argumentAt, argumentLength } of walkPickle(content, start, inspection.budget)) {
    if (opcode.name !== 'BINUNICODE' && opcode.name !== 'SHORT_BINUNICODE') continue
    inspection.budget.takeEntry()
    keys.push(Buffer.from(content.read(argumentAt, Math.min(argumentLength, 256))).toString('utf8'))
  }
  return keys
}

/** The storages: a count of elements, and as many elements, for each key. */
const inspectStorages = async (
  content: ByteSource,
  at: { readonly object: number; readonly keys: number; readonly storages: number },
  inspection: Inspection,
): Promise<void> => {
  const keys = readStorageKeys(content, at.keys, inspection)
  const claims = storageClaims(content, at.object, inspection.budget)
  const cursor = createByteCursor(content, { start: at.storages })
  let isMeasured = true
  readStructure(inspection, pythonRules['torch-legacy-malformed'], () => {
    for (const key of keys) {
      const size = claims.get(key)?.elementSize
      isMeasured = size !== undefined
      if (size === undefined) break
      cursor.skip(BigInt.asIntN(64, cursor.u64()) * BigInt(size))
    }
    if (!isMeasured || cursor.remaining === 0) return
    inspection.report({
      rule: pythonRules['torch-legacy-trailing-data'],
      message: `expected the end after ${keys.length} storages, found ${cursor.remaining} bytes more`,
      offset: cursor.offset,
    })
  })
  const end = isMeasured ? cursor.offset : content.size
  if (end > at.storages) {
    const storages = partOf(content, at.storages, end - at.storages)
    await inspection.enter({ name: 'storages', content: storages, expected: 'weights' })
  }
  if (end < content.size) {
    await inspection.enter({ name: 'trailing data', content: partOf(content, end, content.size) })
  }
}

const checkNumbers = (content: ByteSource, inspection: Inspection): void => {
  const magic = readInteger(content, 0)
  const version = magic === undefined ? undefined : readInteger(content, magic.end)
  if (magic?.value !== magicNumber || !magic.isPlain) {
    inspection.report({
      rule: pythonRules['torch-legacy-magic'],
      message: `expected the magic number of torch as a plain constant, found ${magic?.value === magicNumber ? 'another spelling' : 'something else'}`,
      offset: 0,
    })
  }
  if (version?.value !== protocolVersion) {
    inspection.report({
      rule: pythonRules['torch-legacy-malformed'],
      message: `expected protocol version ${protocolVersion}, found ${version?.value ?? 'no number'}`,
      offset: magic?.end,
    })
  }
}

const inspectTorchLegacy = async (content: ByteSource, inspection: Inspection): Promise<void> => {
  checkNumbers(content, inspection)
  const starts: number[] = []
  let offset = 0
  for (const name of pickleNames) {
    let end: number | undefined
    const start = offset
    readStructure(inspection, pythonRules['torch-legacy-malformed'], () => {
      end = endOfPickle(content, start, inspection.budget)
    })
    // A pickle that breaks off has done by then what stands before the break: all that is left is read as it.
    const length = (end ?? content.size) - start
    await inspection.enter({ name, content: partOf(content, start, length), expected: 'pickle' })
    if (end === undefined) return
    starts.push(start)
    offset = end
  }
  const [, , , object = 0, keys = 0] = starts
  await inspectStorages(content, { object, keys, storages: offset }, inspection)
}

/** What `torch.save` wrote before torch 1.6, and writes on request since: five pickles and raw storages. */
export const torchLegacyFormat: Format = {
  name: 'torch-legacy',
  title: 'PyTorch file without a zip',
  includes: ['pickle'],
  recognise: recogniseTorchLegacy,
  inspect: inspectTorchLegacy,
}
