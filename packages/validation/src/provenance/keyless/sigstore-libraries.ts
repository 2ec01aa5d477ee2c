import { createRequire } from 'node:module'
import { NootropicError } from '@nootropic/core'

const missing = (name: string, remedy: string, cause: unknown): NootropicError =>
  new NootropicError('PEER_DEPENDENCY_MISSING', `expected the package ${name} to be installed; ${remedy}`, { cause })

/** What {@link loadSigstoreLibraries} loads. */
export type SigstoreLibraries = Pick<typeof import('@sigstore/bundle'), 'bundleFromJSON'> &
  Pick<typeof import('@sigstore/protobuf-specs'), 'TrustedRoot'> &
  Pick<typeof import('@sigstore/verify'), 'toSignedEntity' | 'toTrustMaterial' | 'VerificationError' | 'Verifier'>

/**
 * Loads what verifies Sigstore's evidence; nothing else of this library needs it.
 *
 * @throws NootropicError `PEER_DEPENDENCY_MISSING`
 */
export const loadSigstoreLibraries = async (): Promise<SigstoreLibraries> => {
  try {
    const [{ bundleFromJSON }, { TrustedRoot }, { toSignedEntity, toTrustMaterial, VerificationError, Verifier }] =
      await Promise.all([import('@sigstore/bundle'), import('@sigstore/protobuf-specs'), import('@sigstore/verify')])
    return { bundleFromJSON, TrustedRoot, toSignedEntity, toTrustMaterial, VerificationError, Verifier }
  } catch (cause) {
    const names = '@sigstore/bundle@4 @sigstore/protobuf-specs@0.5 @sigstore/tuf@4 @sigstore/verify@3.1'
    throw missing(names.replaceAll(' ', ', '), `run \`npm install ${names}\``, cause)
  }
}

/** The trusted root of the public instance of Sigstore, as the package `@sigstore/tuf` carries it. */
export const readPublicTrustedRoot = (): string => {
  const require = createRequire(import.meta.url)
  let seeds: Readonly<Record<string, { readonly targets?: Readonly<Record<string, string>> }>>
  try {
    seeds = require('@sigstore/tuf/seeds.json')
  } catch (cause) {
    const remedy = 'it carries the trusted root of the public Sigstore; install it or name a trusted root of your own'
    throw missing('@sigstore/tuf', remedy, cause)
  }
  const root = seeds['https://tuf-repo-cdn.sigstore.dev']?.targets?.['trusted_root.json']
  if (root !== undefined) return Buffer.from(root, 'base64').toString('utf8')
  throw new NootropicError(
    'CONFIGURATION_INVALID',
    'expected @sigstore/tuf to carry trusted_root.json, found none; name a trusted root of your own',
  )
}
