import {
  dataTypes,
  type ModelPackage,
  type OnnxModel,
  readOnnx,
  tensorValues,
  walkNodes,
  walkTensors,
} from '@nootropic/core/formats'
import { modelCardNames } from '../model-card.ts'
import { printableRuns } from './printable-runs.ts'

/** A text of a model, and where it stands. */
export interface ModelText {
  readonly path: string
  readonly inside: string
  /** Where it begins in there, in elements: characters, bytes or numbers. */
  readonly offset: number
  readonly text: string
}

/** Files that are written for people, in which a name or address is meant to stand. */
const writtenForPeople = new Set<string>([...modelCardNames, 'LICENSE', 'LICENSE.txt', 'LICENSE.md', 'NOTICE'])

/** Texts of one place joined to one, so that a detector is not called for every word of a vocabulary. */
const joinedLength = 2 ** 16

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** Joins words by line breaks, up to a length. */
function* joinWords(path: string, inside: string, words: Iterable<string>): Iterable<ModelText> {
  let [text, offset, index] = ['', 0, 0]
  for (const word of words) {
    text += `${word}\n`
    index += 1
    if (text.length < joinedLength) continue
    yield { path, inside, offset, text }
    text = ''
    offset = index
  }
  if (text !== '') yield { path, inside, offset, text }
}

function* runsOf(path: string, inside: string, codes: ArrayLike<number | bigint>): Iterable<ModelText> {
  for (const run of printableRuns(codes)) yield { path, inside, ...run }
}

/** What the graph says of itself, the words that it holds, and its weights as bytes and as character codes. */
function* onnxTexts(path: string, model: OnnxModel): Iterable<ModelText> {
  const described = [model.docString, model.producerName, model.graph?.docString ?? '']
  const metadata = model.metadataProps.map(({ key, value }) => `${key}: ${value}`)
  yield* joinWords(
    path,
    'metadata',
    [...described, ...metadata].filter((text) => text !== ''),
  )
  for (const { node, place } of walkNodes(model)) {
    const words = node.attribute.flatMap(({ s, strings }) => [...(s === undefined ? [] : [s]), ...strings])
    if (words.length > 0) yield* joinWords(path, `${place}.attribute`, words.map(decode))
    if (node.docString !== '') yield* joinWords(path, `${place}.docString`, [node.docString])
  }
  for (const { tensor, place } of walkTensors(model)) {
    const inside = tensor.name === '' ? place : `tensor ${tensor.name}`
    if (tensor.dataType === dataTypes.STRING) yield* joinWords(path, inside, tensor.stringData.map(decode))
    else if (tensor.externalData.length === 0) {
      const values = tensorValues(tensor)
      if (!ArrayBuffer.isView(values)) continue
      yield* runsOf(path, inside, new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
      if (values.BYTES_PER_ELEMENT > 1) yield* runsOf(path, `${inside}, as character codes`, values)
    }
  }
}

/** The file as text, or nothing where it is none. */
const plainText = (bytes: Uint8Array): string | undefined => {
  if (bytes.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Every text of a model: of its graph, its vocabularies, its weights and its files, but for those written for people. */
export function* modelTexts(model: ModelPackage): Iterable<ModelText> {
  for (const { path, bytes } of model.files) {
    if (writtenForPeople.has(path)) continue
    if (path === model.main) {
      yield* onnxTexts(path, readOnnx(bytes))
      continue
    }
    const text = plainText(bytes)
    if (text === undefined) yield* runsOf(path, 'bytes', bytes)
    else yield { path, inside: 'text', offset: 0, text }
  }
}
