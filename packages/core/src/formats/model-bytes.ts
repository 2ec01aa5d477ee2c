import { posix } from 'node:path'
import type { ModelBytes } from '../contracts/model.ts'
import { NootropicError } from '../errors.ts'
import { quoted } from '../quoted.ts'
import { type ModelPackage, mainFile } from './model-package.ts'
import { externalLocation } from './onnx/constants.ts'
import { parseExternalData } from './onnx/external-data.ts'
import { readOnnx } from './onnx/read.ts'
import { walkTensors } from './onnx/walk.ts'

// Windows separators and drives, and what ends a C string: a runtime might read them as another path than we do (CWE-22).
const ambiguous = /[\\:\0]/

/** The path inside the package that an external location names, or undefined when it leads elsewhere. */
const insidePath = (main: string, location: string): string | undefined => {
  if (ambiguous.test(location) || posix.isAbsolute(location)) return undefined
  const path = posix.join(posix.dirname(main), location)
  return location.split('/').includes('..') ? undefined : path
}

/**
 * A package as a `SessionFactory` takes it: the main file, and each file that its tensors name as external data, found
 * inside the package and nowhere else.
 *
 * @throws NootropicError `MODEL_MALFORMED` when the main file cannot be read or names a file that is not in the package
 */
export const modelBytes = (model: ModelPackage): ModelBytes => {
  const files = new Map(model.files.map((file) => [file.path, file.bytes]))
  const main = mainFile(model).bytes
  const external = new Map<string, Uint8Array>()
  for (const { tensor, place } of walkTensors(readOnnx(main))) {
    if (tensor.dataLocation !== externalLocation) continue
    const { location } = parseExternalData(tensor)
    const path = insidePath(model.main, location)
    const data = path === undefined ? undefined : files.get(path)
    if (data === undefined)
      throw new NootropicError(
        'MODEL_MALFORMED',
        `expected ${place} to keep its data in a file of ${model.path}, found ${quoted(location)}; name the directory that holds the model and its data`,
        { details: { place, location } },
      )
    external.set(location, data)
  }
  const externalData = [...external].map(([path, data]) => ({ path, data }))
  return externalData.length === 0 ? { main } : { main, externalData }
}
