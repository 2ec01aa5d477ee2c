import { posix } from 'node:path'
import { isNootropicError } from '@nootropic/core'
import { externalLocation, isAtOrBelow, readOnnxFile, walkTensors } from '@nootropic/core/formats'
import { printable, type Sighting } from '../scan/rule.ts'
import type { ModelTree, TreeFile } from './model-tree.ts'
import { foldedName } from './names.ts'
import { provenanceRules } from './rules.ts'

/** Where in the model a graph takes its weights from. */
const weightsOf = async ({ path, location }: TreeFile): Promise<string[]> => {
  const places = new Set<string>()
  try {
    for (const { tensor } of walkTensors(await readOnnxFile(location))) {
      if (tensor.dataLocation !== externalLocation) continue
      for (const { key, value } of tensor.externalData)
        if (key === 'location') places.add(posix.join(posix.dirname(path), value))
    }
  } catch (error) {
    // What is no ONNX takes no weights; nothing here loads it. Whether it can be read is told by who hashes it.
    if (!isNootropicError(error)) throw error
  }
  return [...places]
}

/**
 * Tells of ONNX files whose weights stand where signatures leave out what is there: in `.git`, for one. Signatures do not
 * cover them, and a runtime that is given the path reads them all the same.
 *
 * @param own the signature inside the model, which is there whatever else is left out.
 */
export const checkIgnoredWeights = async (
  { files, ignored }: ModelTree,
  own: string | undefined,
): Promise<(Sighting & { readonly path: string })[]> => {
  const folded = ignored.filter((path) => path !== own).map(foldedName)
  if (folded.length === 0) return []
  const sightings: (Sighting & { readonly path: string })[] = []
  for (const file of files) {
    if (!file.path.toLowerCase().endsWith('.onnx')) continue
    for (const place of await weightsOf(file)) {
      const name = foldedName(place)
      if (!folded.some((ancestor) => isAtOrBelow(name, ancestor))) continue
      const message = `expected it to take its weights from signed files, found ${JSON.stringify(printable(place))}, which is left out`
      sightings.push({ rule: provenanceRules['unlisted-tolerated'], message, path: file.path })
    }
  }
  return sightings
}
