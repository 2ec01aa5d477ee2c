import type { ModelBytes } from '../contracts/model.ts'
import { NootropicError } from '../errors.ts'
import { externalLocation } from '../formats/onnx/constants.ts'
import { findOnnxDangers, type OnnxDanger } from '../formats/onnx/dangers.ts'
import { externalBytes } from '../formats/onnx/external-data.ts'
import { readOnnx } from '../formats/onnx/read.ts'
import { walkTensors } from '../formats/onnx/walk.ts'
import { quoted } from '../quoted.ts'

const reasons: Readonly<Record<OnnxDanger['kind'], string>> = {
  'external-data-escapes': 'tensors of its own directory',
  'external-data-memory': 'tensors of its own directory',
  'interpreter-operator': 'operators that compute on tensors only',
}

/**
 * Refuses a model that a native runtime must not see: one that cannot be read here, that holds a danger of
 * `findOnnxDangers`, or whose external data was not handed over with it (a runtime would look for it in the working
 * directory). ORT format models are refused too: nothing here can say what is in them.
 *
 * @throws NootropicError `MODEL_REFUSED` with `details.dangers`, `MODEL_MALFORMED` or `LIMIT_EXCEEDED`
 */
export const verifyLoadable = ({ main, externalData = [] }: ModelBytes): void => {
  const model = readOnnx(main)
  const dangers = findOnnxDangers(model)
  const [first] = dangers
  if (first !== undefined) {
    const more = dangers.length > 1 ? ` and ${dangers.length - 1} more` : ''
    throw new NootropicError(
      'MODEL_REFUSED',
      `expected a model with ${reasons[first.kind]}, found ${quoted(first.found)} at ${first.place}${more}; ` +
        'it was not loaded. Do not load it elsewhere: get the model from its source and compare digests',
      { details: { dangers } },
    )
  }
  for (const { tensor } of walkTensors(model)) {
    if (tensor.dataLocation === externalLocation) externalBytes(tensor, externalData)
  }
}
