import type { Dataset } from '@nootropic/validation'
import { z } from 'zod'
import { parseJson } from './parse-json.ts'

const datasetSchema = z.strictObject({
  inputs: z.strictObject({
    type: z.enum(['float32', 'float64']),
    dims: z.array(z.number().int().positive()),
    data: z.array(z.number()),
  }),
  labels: z.array(z.number().int().nonnegative()).optional(),
  domain: z.tuple([z.number(), z.number()]),
})

/**
 * Examples out of JSON text: `{ "inputs": { "type": "float32", "dims": [2, 3], "data": […] }, "labels": [0, 1], "domain": [0, 1] }`.
 *
 * @throws NootropicError `USAGE`, naming `path` and what is wrong with it.
 */
export const parseDataset = (text: string, path: string): Dataset => {
  const { inputs, labels, domain } = parseJson(datasetSchema, text, { path, expected: 'examples', code: 'USAGE' })
  const data = inputs.type === 'float32' ? Float32Array.from(inputs.data) : Float64Array.from(inputs.data)
  return { inputs: { type: inputs.type, dims: inputs.dims, data }, domain, ...(labels === undefined ? {} : { labels }) }
}
