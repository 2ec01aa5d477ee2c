import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { typeListSchema } from '../values/choices.ts'
import { durationSchema } from '../values/duration.ts'

/** The schema of {@link UserPrivacy}. */
export const userPrivacySchema = kindSchema(
  'UserPrivacy',
  'Keeps little about people, not for ever, and gives it to them or erases it when they ask.',
  z
    .strictObject({
      privacy: typeListSchema('Privacy', {
        local: 'what is held about a person stays on this host',
        control: 'a person can have it exported or erased',
      }),
      data: typeListSchema('Data', {
        local: 'data is held on this host only',
        minimal: 'only what is needed is held',
      }),
      retention: durationSchema.optional().meta({
        title: 'Retention',
        description: 'How long it is held, such as 30d; without it, until it is erased.',
      }),
    })
    .meta({ title: 'User privacy', description: 'What is held about people, and for how long.' }),
)
/** A manifest of kind `UserPrivacy`. */
export type UserPrivacy = z.infer<typeof userPrivacySchema>
