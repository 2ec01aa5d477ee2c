import { z } from 'zod'
import { textSchema } from './values/text.ts'

/** The one version of the format that this release reads. */
export const apiVersion = 'security.nootropic.ai/v1'

const otherVersion = (input: unknown): string => {
  const version = /^security\.nootropic\.ai\/v([0-9]{1,9})((alpha|beta)[0-9]+)?$/.exec(String(input))
  if (version === null) return `expected ${apiVersion}`
  return Number(version[1]) > 1
    ? `expected ${apiVersion}: this document is of a newer format, install a newer nootropic`
    : `expected ${apiVersion}: this document is of an older format, rewrite it for v1`
}

const apiVersionSchema = z
  .literal(apiVersion, { error: ({ input }) => otherVersion(input) })
  .meta({ title: 'Format version', description: `Always ${apiVersion}.` })

const metadataSchema = z
  .strictObject({
    name: textSchema(
      /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
      'expected a name of 1 to 63 of a-z, 0-9 and -, with a letter or digit at both ends',
    ).meta({
      title: 'Name',
      description: 'Tells documents of one kind apart: 1 to 63 of a-z, 0-9 and - (an RFC 1123 label).',
    }),
  })
  .meta({ title: 'Metadata', description: 'What the document is called.' })

/** The schema of one kind of document; `description` says for people what applying it does. */
export const kindSchema = <Kind extends string, Spec extends z.ZodType>(kind: Kind, description: string, spec: Spec) =>
  z
    .strictObject({
      apiVersion: apiVersionSchema,
      kind: z.literal(kind).meta({ title: 'Kind', description }),
      metadata: metadataSchema,
      spec,
    })
    .meta({ id: kind, title: kind, description })

/** What every document has in common, for one whose kind is unknown. */
export const envelopeSchema = (kinds: readonly string[]) =>
  z.strictObject({
    apiVersion: apiVersionSchema,
    kind: z.enum(kinds),
    metadata: metadataSchema,
    spec: z.looseObject({}),
  })
