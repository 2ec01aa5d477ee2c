import { dirname, join } from 'node:path'
import {
  parseSessionPolicy,
  type SensitiveOperation,
  type SessionPolicy,
  sensitiveOperationSchema,
} from '@nootropic/access'
import { type Quota, quotaSchema, quotasSchema } from '@nootropic/access/quotas'
import { NootropicError } from '@nootropic/core'
import { durationSchema, parseSettings } from '@nootropic/core/manifest'
import { ensurePrivateDirectory, readPrivateFileIfPresent } from '@nootropic/core/storage'
import { z } from 'zod'

/** How an installation limits and knows its callers, beyond what the policy switches on and off. */
export interface AccessSettings {
  /** How much anybody may use; without it, as much as they like. */
  readonly quotas?: readonly Quota[]
  /** What asks for a second factor; without it, access's own list. */
  readonly sensitiveOperations?: readonly SensitiveOperation[]
  /** How long sessions live, and how many somebody may have. */
  readonly sessions?: SessionPolicy
}

// As the file calls what a program calls by its unit.
const names: Readonly<Record<string, string>> = { windowSeconds: 'window', freshForMs: 'freshFor' }

// Each problem is one line of the message.
const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ')

/** Has a value of the right form judged by whoever uses it; what does not fit is told at its place in the file. */
const judgedBy =
  <In, Out>(judge: (value: In) => Out) =>
  (value: In, context: z.RefinementCtx): Out => {
    try {
      return judge(value)
    } catch (error) {
      const issues =
        error instanceof z.ZodError ? error.issues : [{ path: [], message: oneLine((error as Error).message) }]
      for (const { path, message } of issues) {
        context.addIssue({ code: 'custom', path: path.map((part) => names[String(part)] ?? part), message })
      }
      return z.NEVER
    }
  }

const { windowSeconds: _seconds, ...quotaShape } = quotaSchema.shape
const { freshForMs: _freshness, ...operationShape } = sensitiveOperationSchema.shape

const settingsSchema = z.strictObject({
  quotas: z
    .array(
      z
        .strictObject({ ...quotaShape, window: durationSchema })
        .transform(
          judgedBy(({ window, ...quota }): Quota => quotaSchema.parse({ ...quota, windowSeconds: window / 1000 })),
        ),
    )
    .transform(judgedBy((quotas) => quotasSchema.parse(quotas)))
    .optional(),
  sensitiveOperations: z
    .array(
      z
        // Without a time, a factor is to be proved for each request anew.
        .strictObject({ ...operationShape, freshFor: durationSchema.optional() })
        .transform(
          judgedBy(({ freshFor = 0, ...operation }) =>
            sensitiveOperationSchema.parse({ ...operation, freshForMs: freshFor }),
          ),
        ),
    )
    .optional(),
  sessions: z
    .strictObject({
      idle: durationSchema.optional(),
      absolute: durationSchema.optional(),
      maximumPerSubject: z.number().optional(),
      whenFull: z.enum(['refuse', 'end-oldest']).optional(),
    })
    .transform(
      judgedBy(({ idle, absolute, ...rest }) =>
        parseSessionPolicy({
          ...rest,
          ...(idle === undefined ? {} : { idleMs: idle }),
          ...(absolute === undefined ? {} : { absoluteMs: absolute }),
        }),
      ),
    )
    .optional(),
})

const readIfThere = async (path: string): Promise<string | undefined> => {
  const bytes = await readPrivateFileIfPresent(path)
  if (bytes === undefined) return undefined
  // Who can put another file into it decides who may do how much.
  await ensurePrivateDirectory(dirname(path))
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      `expected UTF-8 text in ${path}, found other bytes; save it as UTF-8`,
    )
  }
}

/**
 * The settings of access of the installation at `root`, from its file `config/access.yaml`, which must be private to its
 * owner. What the host gives in `given` counts instead. Without the file everything has its default.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` with every problem and its place, `FILE_UNREADABLE`, `LIMIT_EXCEEDED`
 */
export const readAccessSettings = async (root: string, given: AccessSettings = {}): Promise<AccessSettings> => {
  const path = join(root, 'config', 'access.yaml')
  const text = await readIfThere(path)
  const found = text === undefined ? {} : parseSettings(settingsSchema, { path, text })
  // A key that is there without a value says nothing: it must not take away a limit that the file sets.
  const said = ([, value]: [string, unknown]): boolean => value !== undefined
  return Object.fromEntries([...Object.entries(found), ...Object.entries(given)].filter(said))
}
