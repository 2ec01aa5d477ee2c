import { type AccessRequest, type Authenticator, NootropicError } from '@nootropic/core'
import type { ModelSecurityPolicy } from '@nootropic/core/manifest'

/** Who nobody knows, where the policy asks for no credential: no roles, and only rules for `any` concern them. */
const anonymous: AccessRequest['subject'] = { type: 'anonymous', id: 'anonymous', properties: { roles: [] } }

const isSessionToken = (credential: string): boolean => credential.startsWith('nss_')

/**
 * Finds out who calls, by an API key or by the token of a session. With `apiKeyRequired` off, an empty credential is
 * somebody unknown; a wrong one is refused all the same. With `sessionValidation` off no session is looked up, and so none is
 * accepted: a token that nobody validates must open nothing.
 */
export const createCallerAuthenticator = (
  { keys, sessions }: { readonly keys: Authenticator; readonly sessions: Authenticator },
  { apiKeyRequired, sessionValidation }: ModelSecurityPolicy['spec']['access']['authentication'],
): Authenticator => ({
  async authenticate(credential, client) {
    if (credential === '' && !apiKeyRequired) return anonymous
    if (typeof credential !== 'string' || !isSessionToken(credential)) return keys.authenticate(credential)
    if (sessionValidation) return sessions.authenticate(credential, client)
    throw new NootropicError(
      'CREDENTIAL_INVALID',
      'expected an API key, got the token of a session; sessions are switched off by the policy (access.authentication.sessionValidation)',
    )
  },
})
