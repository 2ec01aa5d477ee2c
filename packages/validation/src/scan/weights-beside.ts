import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Report } from '@nootropic/core'
import { readOnnxFile } from '@nootropic/core/formats'
import { isObject } from './keras/config-walk.ts'
import { externalLocations } from './onnx/external-locations.ts'

/** The largest description of a network that is read again for the names of its shards (CWE-770). */
const maximumDescription = 64 * 2 ** 20

/** Says which of the files beside a model hold its numbers. `beside` has what lies in the same directory. */
type FindWeights = (path: string, beside: readonly string[]) => Promise<Iterable<string>>

const onnxWeights: FindWeights = async (path) => {
  const model = await readOnnxFile(path).catch(() => undefined)
  return model === undefined ? [] : [...externalLocations(model)].map((location) => join(dirname(path), location))
}

const shardSuffix = /\.data-\d{5}-of-\d{5}$/

/** TensorFlow names the shards after the index (tensorflow/core/util/tensor_bundle/naming.cc). */
const checkpointWeights: FindWeights = async (path, beside) =>
  beside.filter((name) => name.replace(shardSuffix, '.index') === path)

const shardsOf = (group: unknown): string[] =>
  isObject(group) && Array.isArray(group.paths) ? group.paths.filter((path) => typeof path === 'string') : []

/** TensorFlow.js lists them in `model.json`. */
const browserWeights: FindWeights = async (path) => {
  if ((await stat(path)).size > maximumDescription) return []
  const document: unknown = JSON.parse(await readFile(path, 'utf8'))
  const groups = isObject(document) && Array.isArray(document.weightsManifest) ? document.weightsManifest : []
  return groups.flatMap(shardsOf).map((shard) => join(dirname(path), shard))
}

const findersByFormat: ReadonlyMap<string, FindWeights> = new Map([
  ['onnx', onnxWeights],
  ['tensorflow-checkpoint-index', checkpointWeights],
  ['tensorflow-js', browserWeights],
])

/** Rules by which a model cannot be believed about the files beside it. */
const malformed: ReadonlySet<string> = new Set(['onnx/malformed', 'tensorflow/checkpoint-malformed'])

/** The files of no format of their own that models beside them keep their tensors in. */
export const findWeightsBeside = async (reports: readonly Report[]): Promise<ReadonlySet<string>> => {
  const byDirectory = new Map<string, string[]>()
  for (const { subject } of reports) {
    if (subject.format !== 'unknown') continue
    const directory = dirname(subject.path)
    const known = byDirectory.get(directory)
    if (known === undefined) byDirectory.set(directory, [subject.path])
    else known.push(subject.path)
  }
  const weights = new Set<string>()
  if (byDirectory.size === 0) return weights
  for (const { subject, findings } of reports) {
    const find = findersByFormat.get(subject.format)
    if (find === undefined || findings.some(({ rule }) => malformed.has(rule))) continue
    const beside = byDirectory.get(dirname(subject.path)) ?? []
    // A file that changed or went away since it was scanned names nothing.
    for (const path of await find(subject.path, beside).catch(() => [])) weights.add(path)
  }
  return weights
}
