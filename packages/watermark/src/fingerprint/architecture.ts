import { canonicalJson, digestSchema, sha256 } from '@nootropic/core'
import { type OnnxModel, walkTensors } from '@nootropic/core/formats'
import { z } from 'zod'
import { labelModel } from './graph-label.ts'

/** The schema of {@link ArchitectureFingerprint}. */
export const architectureSchema = z.strictObject({
  /** Of the graph: operators, attributes, wiring and the shapes of constants, whatever their names and order. */
  graph: digestSchema,
  /** Of the multiset of the shapes of matrices and kernels: outlives a re-export that rewires the graph. */
  parameterShapes: digestSchema,
})
/** What a model is built like, without its weights and names. */
export type ArchitectureFingerprint = z.infer<typeof architectureSchema>

/** Fingerprints a model's architecture. */
export const fingerprintArchitecture = (model: OnnxModel): ArchitectureFingerprint => {
  const shapes = Array.from(walkTensors(model), ({ tensor }) => tensor.dims)
    .filter((dims) => dims.length >= 2)
    .map((dims) => dims.join(','))
  return {
    graph: labelModel(model, ({ dataType, dims }) => `constant ${dataType} [${dims.join(',')}]`),
    parameterShapes: sha256(canonicalJson(shapes.sort())),
  }
}
