import { externalLocation, type OnnxModel, walkTensors } from '@nootropic/core/formats'

/** The files, relative to a model's own directory, that it says its tensors are kept in. */
export const externalLocations = (model: OnnxModel): Set<string> => {
  const locations = new Set<string>()
  for (const { tensor } of walkTensors(model)) {
    if (tensor.dataLocation !== externalLocation) continue
    for (const { key, value } of tensor.externalData) if (key === 'location') locations.add(value.replace(/^\.\//, ''))
  }
  return locations
}
