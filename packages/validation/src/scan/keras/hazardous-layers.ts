import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { isObject, type JsonObject, textOf } from './config-walk.ts'
import { isKerasFunction, isKerasModule } from './keras-names.ts'
import { isOutsidePath } from './outside-path.ts'
import { reachOf } from './python-modules.ts'
import { kerasRules } from './rules.ts'

interface Where {
  readonly inside: string | undefined
  readonly isHdf5: boolean
}

type CheckLayer = (config: JsonObject, inspection: Inspection, where: Where) => boolean

// Enough of a marshalled function to show what it calls.
const shownBytes = 4096
const shownNames = 20

/** Names and texts in marshalled code: what a reader recognises `os`, `system` and `whoami` by. */
const namesInCode = (code: string): string[] => {
  const bytes = Buffer.from(code.slice(0, shownBytes * 2), 'base64').subarray(0, shownBytes)
  return [...new Set(bytes.toString('latin1').match(/[\x20-\x7e]{2,80}/g) ?? [])].slice(0, shownNames)
}

const hdf5Tags = ({ isHdf5 }: Where): string[] => (isHdf5 ? ['CVE-2025-9905', 'GHSA-36rr-ww3j-vrjv'] : [])

const reportCode = (code: unknown, inspection: Inspection, where: Where): true => {
  inspection.report({
    rule: kerasRules['lambda-code'],
    message: 'expected layers that are classes, found one that carries a Python function',
    inside: where.inside,
    evidence: { code: typeof code === 'string' ? namesInCode(code) : [] },
    tags: hdf5Tags(where),
  })
  return true
}

const isIdentifier = (text: string): boolean => /^[\p{L}_][\p{L}\p{N}_.>]{0,200}$/u.test(text)

/** The object that a key of a configuration is given as, which is judged where the walk comes to it. */
const checkLambda: CheckLayer = (config, inspection, where) => {
  let isReported = false
  for (const key of ['function', 'output_shape', 'mask']) {
    const value = config[key]
    if (Array.isArray(value) && typeof value[0] === 'string') isReported = reportCode(value[0], inspection, where)
    if (typeof value !== 'string') continue
    if (!isIdentifier(value)) {
      inspection.report({
        rule: kerasRules['lambda-code'],
        message: `expected the name of a function, found the text ${printable(value)}`,
        inside: where.inside,
        evidence: { code: printable(value) },
        tags: hdf5Tags(where),
      })
      isReported = true
      continue
    }
    const module = textOf(config[key === 'function' ? 'module' : `${key}_module`])
    const isForeign = module !== undefined && !isKerasModule(module) && reachOf(module) !== 'own'
    const isKnown = isKerasFunction(value) && (module === undefined || isKerasModule(module))
    inspection.report({
      rule: isForeign ? kerasRules['arbitrary-callable'] : kerasRules['lambda-layer'],
      message: `expected a class of Keras, found a call of ${printable(module === undefined ? value : `${module}.${value}`)}`,
      inside: where.inside,
      evidence: { function: printable(value), module: printable(module ?? '') },
      severity: isKnown ? 'low' : undefined,
      tags: hdf5Tags(where),
    })
    isReported = true
  }
  if (isReported) return true
  const { function: called } = config
  // A function of Keras by reference, as Keras 3 writes it, or code, which is reported where the walk comes to it.
  const isReference = isObject(called) && ['function', '__lambda__'].includes(textOf(called.class_name) ?? '')
  inspection.report({
    rule: kerasRules['lambda-layer'],
    message: `expected a class of Keras, found a Lambda layer ${isReference ? 'of a function' : 'without a function'}`,
    inside: where.inside,
    severity: 'low',
    tags: hdf5Tags(where),
  })
  return true
}

const checkLookup: CheckLayer = (config, inspection, where) => {
  for (const key of ['vocabulary', 'idf_weights', 'vocabulary_file']) {
    const path = textOf(config[key])
    if (path === undefined) continue
    inspection.report({
      rule: kerasRules['vocabulary-file'],
      message: `expected the vocabulary itself, found the path ${printable(path)} to read it from`,
      inside: where.inside,
      evidence: { [key]: printable(path) },
      severity: isOutsidePath(path) ? 'high' : 'medium',
    })
  }
  return false
}

const hazardousFunction =
  /(^|\.)(read_file|write_file|matching_files|gfile|load_op_library|load_library|load_file_system_library|py_function|numpy_function|py_func|load_model|get_file|save|load|latest_checkpoint|load_checkpoint|load_variable|ReadFile|WriteFile|MatchingFiles|PyFunc|PyFuncStateless|EagerPyFunc|TextLineDataset|TFRecordDataset)(\.|$)/

const checkTensorflowFunction: CheckLayer = (config, inspection, where) => {
  const name = textOf(config.function) ?? textOf(config.symbol)
  if (name === undefined || !hazardousFunction.test(name)) return false
  inspection.report({
    rule: kerasRules['tensorflow-function'],
    message: `expected a function on tensors, found tf.${printable(name)}`,
    inside: where.inside,
    evidence: { function: printable(name) },
  })
  return true
}

const checkTorchModule: CheckLayer = (config, inspection, where) => {
  inspection.report({
    rule: kerasRules['torch-module'],
    message: 'expected layers of Keras, found a pickled PyTorch module',
    inside: where.inside,
    evidence: { bytes: textOf(config.module)?.length ?? 0 },
  })
  return true
}

const checkSavedModel: CheckLayer = (config, inspection, where) => {
  const path = printable(textOf(config.filepath) ?? '')
  inspection.report({
    rule: kerasRules['saved-model-layer'],
    message: `expected layers in the model itself, found one that loads the SavedModel at ${path}`,
    inside: where.inside,
    evidence: { filepath: path },
  })
  return true
}

/** Layers that are dangerous by what they are configured with; the answer says whether there is nothing left to judge. */
const layers: ReadonlyMap<string, CheckLayer> = new Map([
  ['Lambda', checkLambda],
  ['__lambda__', (config, inspection, where) => reportCode(config.code, inspection, where)],
  ['TorchModuleWrapper', checkTorchModule],
  ['TFSMLayer', checkSavedModel],
  ...['TFOpLambda', 'SlicingOpLambda', 'ClassMethod'].map((name) => [name, checkTensorflowFunction] as const),
  ...['StringLookup', 'IntegerLookup', 'IndexLookup', 'TextVectorization'].map((name) => [name, checkLookup] as const),
])

/** Reports a layer that does more than compute. Answers whether its name needs no judgement of its own. */
export const checkHazardousLayer = (
  className: string,
  object: JsonObject,
  inspection: Inspection,
  where: Where,
): boolean => {
  // A class may be registered for a package: `keras_hub>Lambda` is none of these, `Custom>Lambda` neither.
  const check = layers.get(className)
  return check?.(isObject(object.config) ? object.config : {}, inspection, where) ?? false
}
