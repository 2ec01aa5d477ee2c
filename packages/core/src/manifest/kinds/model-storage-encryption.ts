import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { choiceSchema } from '../values/choices.ts'
import { enabledSchema } from '../values/enabled.ts'
import { pathSchema } from '../values/path.ts'

/** The schema of {@link ModelStorageEncryption}. */
export const modelStorageEncryptionSchema = kindSchema(
  'ModelStorageEncryption',
  'Seals models at rest, and says where they and their keys are kept.',
  z
    .strictObject({
      algorithm: choiceSchema('Algorithm', { 'aes-256-gcm': 'AES with 256-bit keys in Galois/counter mode' }),
      keyManagement: z
        .strictObject({
          type: choiceSchema('Key management', { local: 'keys are made and kept on this host' }),
          storage: pathSchema.meta({ title: 'Key store', description: 'The directory that holds the keys.' }),
        })
        .meta({ title: 'Key management', description: 'Where keys come from and where they are kept.' }),
      storage: z
        .strictObject({
          type: choiceSchema('Storage', { local: 'models are kept on this host' }),
          path: pathSchema.meta({ title: 'Model store', description: 'The directory that holds the sealed models.' }),
          backup: enabledSchema.meta({
            title: 'Backup',
            description: 'enabled: an encrypted backup is taken after each registration.',
          }),
        })
        .meta({ title: 'Storage', description: 'Where sealed models are kept.' }),
    })
    .meta({ title: 'Model storage encryption', description: 'How models are sealed at rest.' }),
)
/** A manifest of kind `ModelStorageEncryption`. */
export type ModelStorageEncryption = z.infer<typeof modelStorageEncryptionSchema>
