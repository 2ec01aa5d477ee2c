import { stat } from 'node:fs/promises'
import { NootropicError } from '@nootropic/core'
import { printable } from '../scan/rule.ts'
import type { ByteSource } from '../scan/source.ts'
import { readArrayExamples, readNpzExamples } from './array-dataset.ts'
import { withDataFile } from './data-file.ts'
import { type DatasetDeclaration, planReading, type ReadingPlan } from './declaration.ts'
import { finishDataset, type RawExamples, type ReadDataset } from './finish-dataset.ts'
import { isIdx } from './idx.ts'
import { readJsonClasses, readJsonDocument } from './json-document.ts'
import { readJsonLines } from './json-lines.ts'
import { npyMagic } from './npy-header.ts'
import { listFolder, readPictureFolder } from './picture-folder.ts'
import { unfit } from './refusals.ts'

const kinds = 'a folder of PNG or JPEG pictures, or a file of numpy (.npy, .npz), JSON Lines, JSON or IDX (ubyte)'

const startsWith = (head: Uint8Array, magic: Uint8Array | string): boolean => {
  const wanted = typeof magic === 'string' ? Buffer.from(magic, 'latin1') : Buffer.from(magic)
  return wanted.equals(head.subarray(0, wanted.length))
}

/** What can be declared of each kind of data, besides what holds for all. */
const declarable = {
  pictures: ['labels', 'size', 'channels'],
  array: ['labels', 'domain', 'fileLayout'],
  archive: ['labels', 'arrays', 'domain', 'fileLayout'],
  json: ['shape', 'domain', 'fileLayout'],
} as const

/** What would be ignored is refused: whoever declared it takes the data for others than they are. */
const verifyDeclared = (path: string, plan: ReadingPlan, kind: keyof typeof declarable): void => {
  const known: readonly string[] = declarable[kind]
  const { labels, arrays, shape, domain, fileLayout } = plan
  const { size, channels } = plan.preprocessing
  const declared = Object.entries({ labels, arrays, shape, domain, fileLayout, size, channels })
  const ignored = declared.find(([name, value]) => value !== undefined && !known.includes(name))
  if (ignored !== undefined)
    throw unfit(path, `be data of which \`${ignored[0]}\` can be declared`, `data of kind ${kind}`, 'leave it out')
}

const readFile = (path: string, content: ByteSource, plan: ReadingPlan): RawExamples | Promise<RawExamples> => {
  const head = content.read(0, 16)
  const name = path.toLowerCase()
  if (startsWith(head, npyMagic) || isIdx(head)) {
    verifyDeclared(path, plan, 'array')
    return readArrayExamples(path, content, plan)
  }
  if (startsWith(head, 'PK')) {
    verifyDeclared(path, plan, 'archive')
    return readNpzExamples(path, content, plan)
  }
  const isLines = name.endsWith('.jsonl') || name.endsWith('.ndjson')
  if (!isLines && !name.endsWith('.json')) throw unfit(path, `be ${kinds}`, 'another kind of file', 'convert it')
  verifyDeclared(path, plan, 'json')
  return isLines ? readJsonLines(path, content, plan) : readJsonDocument(path, plan)
}

const readFolder = async (path: string, plan: ReadingPlan): Promise<{ raw: RawExamples; plan: ReadingPlan }> => {
  const files = await listFolder(path, plan.limits.files)
  if (files.length === 0) throw unfit(path, `be ${kinds}`, 'an empty folder', 'name the one that holds the data')
  if (files.every((name) => /^[^/]+\.json$/i.test(name) && name !== 'labels.json')) {
    verifyDeclared(path, plan, 'json')
    return { raw: await readJsonClasses(path, files, plan), plan }
  }
  verifyDeclared(path, plan, 'pictures')
  const preprocessing = { scale: [0, 1] as const, ...plan.preprocessing }
  return { raw: await readPictureFolder(path, files, plan), plan: { ...plan, preprocessing, fileLayout: 'nhwc' } }
}

/**
 * Reads examples to test a model with, of whatever kind stands at `path`:
 *
 * - a folder of PNG and JPEG pictures in one folder a class, or beside a `labels.csv` or `labels.json` (needs `sharp`);
 * - `.npy` and `.npz` of numpy: numbers of at most 64 bits in any byte order, C or Fortran order; never objects;
 * - `.jsonl` with `input` and `label` a line, `.json`, or a folder with one JSON document a class;
 * - IDX, the format of MNIST, not compressed.
 *
 * Nothing is guessed about the values: floats come with a declared `domain`, and the domain that attacks keep to follows
 * from it and the preprocessing. A file larger than memory is read by declaring a `limit`.
 *
 * @throws NootropicError `FILE_UNREADABLE`; `USAGE` for data that are damaged or do not fit the declaration;
 *   `LIMIT_EXCEEDED`; `PEER_DEPENDENCY_MISSING` for pictures without `sharp`
 * @example
 * ```ts
 * const dataset = await readDataset('./pictures', {
 *   input: session.inputs[0],
 *   limit: 200,
 *   preprocessing: { size: { width: 224, height: 224 }, scale: [0, 1] },
 * })
 * const report = await validate(model, { sessions, dataset })
 * ```
 */
export const readDataset = async (path: string, declaration: DatasetDeclaration = {}): Promise<ReadDataset> => {
  const plan = planReading(declaration)
  const status = await stat(path).catch((cause: unknown) => {
    const message = `expected ${printable(path)} to be ${kinds}, found nothing that can be read there; check the path`
    throw new NootropicError('FILE_UNREADABLE', message, { cause })
  })
  if (status.isDirectory()) {
    const folder = await readFolder(path, plan)
    return finishDataset(path, folder.raw, folder.plan)
  }
  return finishDataset(path, await withDataFile(path, async (content) => readFile(path, content, plan)), plan)
}
