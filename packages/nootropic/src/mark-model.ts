import { isNootropicError, modelDigest, sha256 } from '@nootropic/core'
import type { KeyStore } from '@nootropic/core/crypto'
import { type ModelPackage, mainFile } from '@nootropic/core/formats'
import type { ManifestSet } from '@nootropic/core/manifest'
import { createClaim, type EmbeddedClaim, embedWatermark } from '@nootropic/watermark'
import { manifestOf } from './manifest-of.ts'

/** A model as it will be sealed, and what was written into it. */
export interface MarkedModel {
  readonly model: ModelPackage
  readonly claim?: EmbeddedClaim
  /** Why it carries no mark; left out when it carries one. */
  readonly unmarked?: string
}

/** The purpose of the secret that hides and finds the marks. */
export const watermarkPurpose = 'watermark'

/** Writes the claim of the `ModelWatermarking` manifest into the model; without such a manifest the model stays as it is. */
export const markModel = async (model: ModelPackage, settings: ManifestSet, keys: KeyStore): Promise<MarkedModel> => {
  const manifest = manifestOf(settings, 'ModelWatermarking')
  if (manifest === undefined) return { model, unmarked: 'no ModelWatermarking manifest' }
  const main = mainFile(model)
  try {
    const claim = createClaim(manifest.spec.metadata)
    const marked = embedWatermark(main.bytes, { key: await keys.secret(watermarkPurpose), claim })
    const files = model.files.map((file) =>
      file === main ? { path: file.path, bytes: marked.bytes, digest: sha256(marked.bytes) } : file,
    )
    return { model: { ...model, files, digest: modelDigest(files) }, claim: marked.claim }
  } catch (error) {
    if (isNootropicError(error, 'WATERMARK_UNSUITABLE')) return { model, unmarked: error.message }
    throw error
  }
}
