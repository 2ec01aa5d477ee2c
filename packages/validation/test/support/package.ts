import { modelDigest, sha256 } from '@nootropic/core'
import { type ModelPackage, type OnnxModel, writeOnnx } from '@nootropic/core/formats'
import { privacyStatements } from '../../src/index.ts'

/** A card that makes every statement. */
export const fullCard = [
  '---',
  'license: mit',
  '---',
  '# Model',
  '## Training data',
  'Seeded points of the unit square.',
  '## Personal data',
  'There is none in it.',
  '## Evaluation',
  'Points of the same kind.',
  '## Intended use',
  'It is for tests only.',
  '## Inputs and outputs',
  'Two coordinates give two logits.',
  '## Limitations',
  'It knows one line only.',
  '## Retention',
  'Nothing at all is kept.',
  '## User control',
  'There is nothing to erase.',
  '## Contact',
  'The maintainers of this repository.',
].join('\n')

/** A package in memory. */
export const packageOf = (model: OnnxModel | Uint8Array, card?: string): ModelPackage => {
  const main = model instanceof Uint8Array ? model : writeOnnx(model)
  const files = [
    ...(card === undefined ? [] : [{ path: 'README.md', bytes: new TextEncoder().encode(card) }]),
    { path: 'model.onnx', bytes: main },
  ].map((file) => ({ ...file, digest: sha256(file.bytes) }))
  return { path: './models/test', digest: modelDigest(files), main: 'model.onnx', files }
}

export const statementCount = privacyStatements.length
