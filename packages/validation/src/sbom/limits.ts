import { NootropicError } from '@nootropic/core'
import { type ProvenanceLimits, provenanceLimits } from '../provenance/limits.ts'

/** What {@link createModelBom} accepts at most. */
export interface BomLimits extends Pick<ProvenanceLimits, 'entries' | 'depth'> {
  /** Packages that the files beside the model ask for. */
  readonly packages: number
}

/** The limits where the caller names no others. */
export const bomLimits: BomLimits = {
  entries: provenanceLimits.entries,
  depth: provenanceLimits.depth,
  // The lock files of the largest projects hold some five thousand (CWE-770).
  packages: 2 ** 15,
}

/** The refusal of files that ask for more packages than the limit allows. */
export const tooManyPackages = (maximum: number, file: string): NootropicError =>
  new NootropicError(
    'LIMIT_EXCEEDED',
    `expected at most ${maximum} packages (limit packages), found more by ${file}; raise limits.packages if you trust it`,
    { details: { limit: 'packages', maximum } },
  )
