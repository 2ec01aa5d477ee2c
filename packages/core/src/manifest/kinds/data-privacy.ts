import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { typeListSchema } from '../values/choices.ts'

/** The schema of {@link DataPrivacy}. */
export const dataPrivacySchema = kindSchema(
  'DataPrivacy',
  'Keeps stored inputs, outputs and audit payloads encrypted, and what is kept listed and audited.',
  z
    .strictObject({
      privacy: typeListSchema('Privacy', {
        local: 'what is stored stays on this host',
        encryption: 'what is stored is encrypted',
      }),
      control: typeListSchema('Control', {
        local: 'what is kept can be listed on this host',
        audit: 'every access to it is audited',
      }),
    })
    .meta({ title: 'Data privacy', description: 'How stored data is kept and controlled.' }),
)
/** A manifest of kind `DataPrivacy`. */
export type DataPrivacy = z.infer<typeof dataPrivacySchema>
