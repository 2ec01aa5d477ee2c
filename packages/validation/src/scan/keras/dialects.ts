import type { Dialect } from '../configuration/dialect.ts'
import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { checkKeras, isKerasObject } from './check-keras.ts'
import { isObject, textOf } from './config-walk.ts'
import { isOutsidePath } from './outside-path.ts'
import { kerasRules } from './rules.ts'

const kerasConfig: Dialect = {
  name: 'keras-config',
  title: 'Keras configuration',
  matches: (document) => isKerasObject(document) || (Array.isArray(document) && document.some(isKerasObject)),
  check: (document, inspection) => checkKeras(document, inspection),
}

const kerasMetadata: Dialect = {
  name: 'keras-metadata',
  title: 'Keras metadata',
  matches: (document) =>
    isObject(document) && typeof document.keras_version === 'string' && typeof document.date_saved === 'string',
  check: () => {},
}

const checkShards = (manifest: unknown, inspection: Inspection): void => {
  for (const group of Array.isArray(manifest) ? manifest : []) {
    const paths: unknown = isObject(group) ? group.paths : undefined
    for (const path of Array.isArray(paths) ? paths : []) {
      if (typeof path === 'string' && !isOutsidePath(path)) continue
      inspection.report({
        rule: kerasRules['weights-path'],
        message: `expected a file beside model.json, found ${printable(String(path))}`,
        inside: 'weightsManifest',
        evidence: { path: printable(String(path)) },
      })
    }
  }
}

const tensorflowJs: Dialect = {
  name: 'tensorflow-js',
  title: 'TensorFlow.js model',
  matches: (document) => isObject(document) && 'modelTopology' in document && Array.isArray(document.weightsManifest),
  check(document, inspection) {
    if (!isObject(document)) return
    checkShards(document.weightsManifest, inspection)
    if (textOf(document.format) !== 'graph-model')
      checkKeras(document.modelTopology, inspection, { inside: 'modelTopology' })
  },
}

/** JSON documents of this room. */
export const kerasDialects: readonly Dialect[] = [kerasConfig, kerasMetadata, tensorflowJs]
