import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { choiceSchema } from '../values/choices.ts'
import { textSchema } from '../values/text.ts'

const timestampError = 'expected a date or an RFC 3339 time, such as 2024-03-20 or 2024-03-20T12:00:00Z'

const claimFields = {
  owner: textSchema(/^[^\p{Cc}]{1,128}$/u, 'expected the owner: 1 to 128 characters').meta({
    title: 'Owner',
    description: 'Whose model it is.',
  }),
  version: textSchema(/^[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}$/, 'expected a version such as "1.0.0"').meta({
    title: 'Version',
    description: 'The version that is marked; in quotes when it has fewer than two dots.',
  }),
  timestamp: z
    .union([z.iso.date(timestampError), z.iso.datetime({ offset: true, error: timestampError })], timestampError)
    .meta({ title: 'Timestamp', description: 'When it was made: 2024-03-20 or 2024-03-20T12:00:00Z.' }),
  license: textSchema(
    /^[0-9A-Za-z.+() -]{1,128}$/,
    'expected a licence as an SPDX expression, such as MIT or Apache-2.0',
  ).meta({ title: 'License', description: 'The licence, as an SPDX expression.' }),
}
const claimKeys = Object.keys(claimFields)
type Claim = { [Key in keyof typeof claimFields]: z.infer<(typeof claimFields)[Key]> }

// The format writes the claim as a list of maps of one key each, so each key once means: four maps, each key contained.
// `meta` says the same to JSON Schema.
const claimSchema = z
  .array(z.strictObject(claimFields).partial().meta({ minProperties: 1, maxProperties: 1 }))
  .check(({ value, issues }) => {
    for (const [index, entry] of value.entries()) {
      if (Object.keys(entry).length !== 1) {
        issues.push({ code: 'custom', message: 'expected a map of one key', input: entry, path: [index] })
      }
    }
    const keys = value.flatMap((entry) => Object.keys(entry))
    for (const key of claimKeys) {
      const count = keys.filter((candidate) => candidate === key).length
      if (count !== 1) issues.push({ code: 'custom', message: `expected "- ${key}: …" once`, input: value })
    }
  })
  .transform((entries): Claim => Object.assign({}, ...entries))
  .meta({
    title: 'Claim',
    description: 'What the watermark says: one entry each of owner, version, timestamp, license.',
    allOf: claimKeys.map((key) => ({ type: 'array', contains: { type: 'object', required: [key] } })),
    maxItems: claimKeys.length,
  })

/** The schema of {@link ModelWatermarking}. */
export const modelWatermarkingSchema = kindSchema(
  'ModelWatermarking',
  'Embeds a claim of ownership into the weights of each model at registration.',
  z
    .strictObject({
      type: choiceSchema('Watermark', { digital: 'the mark is in the numbers of the model' }),
      method: choiceSchema('Method', { steganography: 'the mark is hidden and read back with a key' }),
      metadata: claimSchema,
    })
    .meta({ title: 'Model watermarking', description: 'What is embedded, and how.' }),
)
/** A manifest of kind `ModelWatermarking`. */
export type ModelWatermarking = z.infer<typeof modelWatermarkingSchema>
