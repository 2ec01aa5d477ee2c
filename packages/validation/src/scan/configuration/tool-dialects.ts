import { type Dialect, plainDialect } from './dialect.ts'
import { isJsonSchema, isNotebook } from './documentation.ts'
import { checkPackageSources } from './package-sources.ts'
import { checkModelPath } from './paths.ts'
import { isRecord, valuesOf } from './walk.ts'

/** Fields of an MLflow flavour that name files or directories of the model. */
const flavorPaths = [
  'data',
  'code',
  'model_path',
  'model_data',
  'pickled_model',
  'python_model',
  'env',
  'state_dict',
] as const

const mlflowModel: Dialect = {
  name: 'mlflow-model',
  title: 'MLflow model',
  matches: (document) =>
    isRecord(document) && isRecord(document.flavors) && Object.values(document.flavors).every(isRecord),
  check(document, inspection) {
    const flavors = isRecord(document) && isRecord(document.flavors) ? document.flavors : {}
    for (const [name, flavor] of Object.entries(flavors)) {
      for (const field of isRecord(flavor) ? flavorPaths : []) {
        if (isRecord(flavor)) checkModelPath(flavor[field], `flavors.${name}.${field}`, inspection)
      }
    }
  },
}

const condaEnvironment: Dialect = {
  name: 'conda-environment',
  title: 'conda environment',
  matches: (document) =>
    isRecord(document) && Array.isArray(document.dependencies) && ('channels' in document || 'name' in document),
  check(document, inspection) {
    if (!isRecord(document)) return
    const { channels, dependencies } = document
    const pip = (Array.isArray(dependencies) ? dependencies : []).flatMap((entry) => (isRecord(entry) ? entry.pip : []))
    const lines = [...(Array.isArray(channels) ? channels : []), ...pip].filter((line) => typeof line === 'string')
    checkPackageSources(lines.join('\n'), inspection)
  },
}

const hasTarget = (value: unknown, depth: number): boolean => {
  if (Array.isArray(value)) return depth > 0 && value.some((inner) => hasTarget(inner, depth - 1))
  if (!isRecord(value)) return false
  return '_target_' in value || (depth > 0 && valuesOf(value).some((inner) => hasTarget(inner, depth - 1)))
}

/** How deep the first `_target_` of a Hydra configuration stands. */
const targetDepth = 4

/** Documents of other tools. */
export const toolDialects: readonly Dialect[] = [
  mlflowModel,
  condaEnvironment,
  plainDialect('notebook', 'Jupyter notebook', isNotebook),
  plainDialect('hydra-config', 'Hydra configuration', (document) => hasTarget(document, targetDepth)),
  plainDialect('json-schema', 'JSON Schema', isJsonSchema),
  plainDialect(
    'vega',
    'Vega chart',
    ({ $schema }) => typeof $schema === 'string' && $schema.includes('vega.github.io'),
  ),
]
