import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { typeListSchema } from '../values/choices.ts'

/** The schema of {@link RecoveryProcedures}. */
export const recoveryProceduresSchema = kindSchema(
  'RecoveryProcedures',
  'Takes snapshots to recover from, and says how they are brought back.',
  z
    .strictObject({
      backup: typeListSchema('Backup', {
        local: 'snapshots stay on this host',
        snapshot: 'models, settings and records are kept together',
      }),
      restore: typeListSchema('Restore', {
        local: 'snapshots are read from this host',
        verify: 'a snapshot is verified before it replaces anything',
      }),
    })
    .meta({ title: 'Recovery procedures', description: 'How snapshots are taken and brought back.' }),
)
/** A manifest of kind `RecoveryProcedures`. */
export type RecoveryProcedures = z.infer<typeof recoveryProceduresSchema>
