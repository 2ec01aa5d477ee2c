import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { typeListSchema } from '../values/choices.ts'

/** The schema of {@link SystemSecurity}. */
export const systemSecuritySchema = kindSchema(
  'SystemSecurity',
  'Checks the host that the models run on.',
  z
    .strictObject({
      security: typeListSchema('Security', {
        local: 'no secret that others can read, no telemetry',
        isolation: 'isolation is there and a probe proves it',
      }),
      monitoring: typeListSchema('Monitoring', {
        local: 'the host is checked again while models run',
        audit: 'what was found is audited',
      }),
    })
    .meta({ title: 'System security', description: 'What is checked of the host, and where it is noted.' }),
)
/** A manifest of kind `SystemSecurity`. */
export type SystemSecurity = z.infer<typeof systemSecuritySchema>
