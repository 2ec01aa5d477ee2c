import { type AccessRequest, jsonSchema, NootropicError } from '@nootropic/core'
import { z } from 'zod'

// Bounds of one request, so that none can keep the decision point busy (CWE-770; AuthZEN 1.0, 11.4).
const maximumText = 1024
const maximumEvaluations = 256
const maximumPage = 1000

const textSchema = z.string().min(1).max(maximumText)
const propertiesSchema = z.record(z.string(), jsonSchema)
// Unknown members are ignored (AuthZEN 1.0, forward compatibility); the schemas leave them out.
const entitySchema = z.object({ type: textSchema, id: textSchema, properties: propertiesSchema.optional() })
const actionSchema = z.object({ name: textSchema, properties: propertiesSchema.optional() })
const contextSchema = propertiesSchema.optional()

const evaluationSchema = z.object({
  subject: entitySchema,
  action: actionSchema,
  resource: entitySchema,
  context: contextSchema,
})

const semanticSchema = z.enum(['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'])
/** When a batch ends: after all, at the first denial, or at the first permit. */
type EvaluationsSemantic = z.infer<typeof semanticSchema>

const batchSchema = z.object({
  subject: entitySchema.partial().optional(),
  action: actionSchema.partial().optional(),
  resource: entitySchema.partial().optional(),
  context: contextSchema,
  evaluations: z.array(z.unknown()).max(maximumEvaluations),
  options: z.object({ evaluations_semantic: semanticSchema.optional() }).optional(),
})

/** Many evaluations: those that cannot be asked are errors of their own. */
export interface Batch {
  readonly semantic: EvaluationsSemantic
  readonly evaluations: readonly (AccessRequest | NootropicError)[]
}

const pageSchema = z
  .object({ token: z.string().max(4096).optional(), limit: z.int().min(1).max(maximumPage).optional() })
  .optional()
const searchedSchema = z.object({ type: textSchema })

/** The schemas of the three searches: what is searched for has a type and no id. */
export const searchSchemas = {
  subject: z.object({
    subject: searchedSchema,
    action: actionSchema,
    resource: entitySchema,
    context: contextSchema,
    page: pageSchema,
  }),
  resource: z.object({
    subject: entitySchema,
    action: actionSchema,
    resource: searchedSchema,
    context: contextSchema,
    page: pageSchema,
  }),
  action: z.object({ subject: entitySchema, resource: entitySchema, context: contextSchema, page: pageSchema }),
} as const

/** Parses a body by one of the schemas. @throws NootropicError `USAGE`. */
export const parseBody = <Schema extends z.ZodType>(schema: Schema, what: string, body: unknown): z.output<Schema> => {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw new NootropicError('USAGE', `expected ${what} of AuthZEN 1.0, found: ${z.prettifyError(parsed.error)}`)
}

/** One evaluation. @throws NootropicError `USAGE`. */
export const parseEvaluation = (body: unknown): AccessRequest =>
  parseBody(evaluationSchema, 'an access evaluation', body)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

// A member of an evaluation takes the place of the default as a whole, but for required members that it leaves out.
const withDefaults = (
  value: unknown,
  fallback: Record<string, unknown> | undefined,
  required: readonly string[],
): unknown => {
  if (value === undefined) return fallback
  if (!isObject(value) || fallback === undefined) return value
  const missing = required.filter((name) => value[name] === undefined && fallback[name] !== undefined)
  return { ...value, ...Object.fromEntries(missing.map((name) => [name, fallback[name]])) }
}

/**
 * The evaluations of a body, or one where it has none.
 *
 * @throws NootropicError `USAGE` for what is wrong with the whole; what is wrong with one evaluation stands in its place.
 */
export const parseBatch = (body: unknown): Batch | AccessRequest => {
  const { evaluations } = isObject(body) ? body : {}
  if (evaluations === undefined || (Array.isArray(evaluations) && evaluations.length === 0))
    return parseEvaluation(body)
  const batch = parseBody(batchSchema, 'access evaluations', body)
  const parseItem = (item: unknown): AccessRequest | NootropicError => {
    try {
      if (!isObject(item)) return parseEvaluation(item)
      return parseEvaluation({
        subject: withDefaults(item.subject, batch.subject, ['type', 'id']),
        action: withDefaults(item.action, batch.action, ['name']),
        resource: withDefaults(item.resource, batch.resource, ['type', 'id']),
        context: withDefaults(item.context, batch.context, []),
      })
    } catch (error) {
      return error as NootropicError
    }
  }
  return {
    semantic: batch.options?.evaluations_semantic ?? 'execute_all',
    evaluations: batch.evaluations.map(parseItem),
  }
}
