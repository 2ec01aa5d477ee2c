import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { typeListSchema } from '../values/choices.ts'
import { pathSchema } from '../values/path.ts'

/** The schema of {@link DataProtection}. */
export const dataProtectionSchema = kindSchema(
  'DataProtection',
  'Encrypts data directories and takes snapshots of them.',
  z
    .strictObject({
      protection: typeListSchema('Protection', {
        local: 'keys and data stay on this host',
        encryption: 'the directories are encrypted',
      }),
      backup: typeListSchema('Backup', {
        local: 'snapshots stay on this host',
        snapshot: 'snapshots are taken, encrypted like the data',
      }),
      directories: z
        .array(z.strictObject({ path: pathSchema.meta({ title: 'Path', description: 'A directory to protect.' }) }))
        .min(1)
        .optional()
        .meta({
          title: 'Directories',
          description: 'Which directories are protected; without it, the data that nootropic keeps.',
        }),
    })
    .meta({ title: 'Data protection', description: 'How data directories are protected.' }),
)
/** A manifest of kind `DataProtection`. */
export type DataProtection = z.infer<typeof dataProtectionSchema>
