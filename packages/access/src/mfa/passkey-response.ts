import { z } from 'zod'

// An attestation with a chain of certificates is a few KiB; WebAuthn's own ids end at 1,023 bytes (CWE-770).
const bytesSchema = z
  .string()
  .max(64 * 1024)
  .regex(/^[A-Za-z0-9_-]+$/)
const idSchema = bytesSchema.max(1400)
const common = { id: idSchema, rawId: idSchema, type: z.literal('public-key') }

export const registrationResponseSchema = z.object({
  ...common,
  response: z.object({
    clientDataJSON: bytesSchema,
    attestationObject: bytesSchema,
    transports: z.array(z.string().max(32)).max(8).optional(),
  }),
})

export const assertionResponseSchema = z.object({
  ...common,
  response: z.object({ clientDataJSON: bytesSchema, authenticatorData: bytesSchema, signature: bytesSchema }),
})

const clientDataSchema = z.object({ challenge: z.string().max(256), crossOrigin: z.boolean().optional() })

/**
 * The challenge in what the browser signed, or undefined if there is none, or the page was inside another site's frame: what
 * is clicked there is not what is seen (CWE-1021).
 */
export const challengeOf = (clientDataJSON: string): string | undefined => {
  try {
    const clientData = clientDataSchema.parse(JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString()))
    return clientData.crossOrigin === true ? undefined : clientData.challenge
  } catch {
    return undefined
  }
}
