import { NootropicError } from '@nootropic/core'
import { z } from 'zod'

const schema = z.strictObject({
  /** The domain that passkeys belong to: `models.example.org`, without scheme and port. */
  id: z.string().regex(/^(localhost|[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)$/),
  /** What people see when they make a passkey. */
  name: z.string().min(1).max(64),
  /** Where the page may be: `https://models.example.org`. */
  origins: z
    .array(z.url({ protocol: /^https?$/ }))
    .min(1)
    .max(16),
})
/** The site that passkeys are made for (WebAuthn Level 3, section 5.1.3). */
export type RelyingParty = z.infer<typeof schema>

const isWithin = (origin: string, id: string): boolean => {
  const { hostname, protocol, origin: whole } = new URL(origin)
  // A page without TLS is anybody's on the way; browsers make an exception for this machine, and so do we.
  const isSecure = protocol === 'https:' || hostname === 'localhost'
  return isSecure && whole === origin && (hostname === id || hostname.endsWith(`.${id}`))
}

/** @throws NootropicError `CONFIGURATION_INVALID` for an origin that no browser would let use passkeys of this domain. */
export const parseRelyingParty = (relyingParty: RelyingParty): RelyingParty => {
  const parsed = schema.safeParse(relyingParty)
  if (!parsed.success) {
    const found = z.prettifyError(parsed.error)
    throw new NootropicError('CONFIGURATION_INVALID', `expected a relying party for passkeys, got: ${found}`)
  }
  const wrong = parsed.data.origins.find((origin) => !isWithin(origin, parsed.data.id))
  if (wrong !== undefined) {
    const expected = `expected https origins of ${parsed.data.id} or below it, without a path`
    throw new NootropicError('CONFIGURATION_INVALID', `${expected}, got ${JSON.stringify(wrong)}; correct it or the id`)
  }
  return parsed.data
}
