import { isNootropicError, type ModelRef, type Verdict } from '@nootropic/core'
import { mainFile } from '@nootropic/core/formats'
import { compareFingerprints, fingerprintModel } from '@nootropic/watermark'
import type { Parts } from './parts.ts'

/**
 * Whether a registered version may serve again: its sealed bytes open and are the ones that were registered, and its
 * fingerprint is the one that was taken then.
 */
export const verifyRegistered = async (
  { vault, marks }: Pick<Parts, 'vault' | 'marks'>,
  ref: ModelRef,
): Promise<Verdict> => {
  const kept = await marks.get(ref)
  if (!kept) return 'incomplete'
  try {
    const { relation } = await vault.lend(ref, async (model) =>
      compareFingerprints(kept.fingerprint, await fingerprintModel(mainFile(model).bytes)),
    )
    return relation === 'identical' ? 'pass' : relation === 'incomplete' ? 'incomplete' : 'fail'
  } catch (error) {
    if (isNootropicError(error, 'SEALED_FILE_CORRUPT')) return 'fail'
    throw error
  }
}
