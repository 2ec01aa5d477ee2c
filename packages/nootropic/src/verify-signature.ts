import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Trust,
  type Verification,
  verifyModel,
  withoutSignature,
  withoutSigners,
} from '@nootropic/validation/provenance'

/** Where the signature of a model is looked for: inside a directory, or beside a single file. */
const signatureOf = async (path: string): Promise<string> =>
  (await lstat(path)).isDirectory() ? join(path, 'model.sig') : `${path}.sig`

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

/** Who signed the model at `path`, by those whom an installation trusts. Without a signature, or anybody to trust, it never passes. */
export const verifySignature = async (path: string, trust: Trust | undefined): Promise<Verification> => {
  const signature = await signatureOf(path)
  if (!(await isThere(signature))) return trust === undefined ? withoutSigners(path) : withoutSignature(path)
  if (trust === undefined) return withoutSigners(path)
  const verification = await verifyModel(path, { signature, trust })
  // Files that could not be compared may be those that somebody is exchanging now: nobody can accept that by name.
  return verification.verdict === 'incomplete' ? { ...verification, verdict: 'fail' } : verification
}
