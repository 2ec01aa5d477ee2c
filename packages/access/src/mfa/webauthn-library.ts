import { NootropicError } from '@nootropic/core'

type WebAuthn = typeof import('@simplewebauthn/server')

/** Loads the library that verifies passkeys, which the host installs when it uses them. */
export const loadWebAuthn = async (
  load: () => Promise<WebAuthn> = () => import('@simplewebauthn/server'),
): Promise<WebAuthn> => {
  try {
    return await load()
  } catch (cause) {
    const found = 'found none; run: npm install @simplewebauthn/server'
    const message = `expected the package @simplewebauthn/server, which passkeys need, ${found}`
    throw new NootropicError('PEER_DEPENDENCY_MISSING', message, { cause })
  }
}
