import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { modeSchema } from '../values/mode.ts'
import { pathSchema } from '../values/path.ts'
import { textSchema } from '../values/text.ts'

const fileSchema = z.strictObject({
  path: pathSchema.meta({ title: 'Path', description: 'A file, or a directory with all that is in it.' }),
  mode: modeSchema.meta({
    title: 'Mode',
    description: 'Octal digits. The 600 of a directory means 0600 for files and 0700 for directories in it.',
  }),
  owner: textSchema(/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/, 'expected the name of a user')
    .optional()
    .meta({ title: 'Owner', description: 'The user who owns it; without it, the user who runs nootropic.' }),
})

// Two modes for one path cannot both hold; whichever is enforced last would win in silence.
const hasDistinctPaths = (files: readonly { readonly path: string }[]): boolean =>
  new Set(files.map((file) => file.path)).size === files.length

/** The schema of {@link ModelPermissions}. */
export const modelPermissionsSchema = kindSchema(
  'ModelPermissions',
  'Enforces and verifies who owns each path and who may read or write it.',
  z
    .strictObject({
      files: z
        .array(fileSchema)
        .min(1)
        .refine(hasDistinctPaths, 'expected each path once')
        .meta({ title: 'Files', description: 'The paths and their modes.' }),
    })
    .meta({ title: 'Model permissions', description: 'Which paths have which owner and mode.' }),
)
/** A manifest of kind `ModelPermissions`. */
export type ModelPermissions = z.infer<typeof modelPermissionsSchema>
