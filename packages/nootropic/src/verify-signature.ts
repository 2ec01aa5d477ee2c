import { lstat } from 'node:fs/promises'
import { usualSignature } from '@nootropic/core/formats'
import {
  type Trust,
  type Verification,
  verifyModel,
  withoutSignature,
  withoutSigners,
} from '@nootropic/validation/provenance'

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

/** Who signed the model at `path`, by those whom an installation trusts. Without a signature, or anybody to trust, it never passes. */
export const verifySignature = async (path: string, trust: Trust | undefined): Promise<Verification> => {
  const signature = await usualSignature(path)
  if (trust === undefined) return withoutSigners(path)
  if (!(await isThere(signature))) return withoutSignature(path)
  const verification = await verifyModel(path, { signature, trust })
  // Files that could not be compared may be those that somebody is exchanging now: nobody can accept that by name.
  return verification.verdict === 'incomplete' ? { ...verification, verdict: 'fail' } : verification
}
