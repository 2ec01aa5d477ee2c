import type { Digest, ModelRef, Report, Signature } from '@nootropic/core'

/** What is registered of a version of a model. */
export interface Registration {
  readonly ref: ModelRef
  readonly signature: Signature
  /** The report that admitted it. */
  readonly report: Report
  /** The digest of the model as it came in, when it was changed before it was sealed (by a watermark, for one). */
  readonly originalDigest?: Digest
}

/** A registered version of a model. */
export interface RegisteredModel extends Registration {
  /** RFC 3339, UTC. */
  readonly registeredAt: string
}

/** Where a model stands. */
export interface ModelStatus {
  readonly name: string
  /** From the lowest to the highest. */
  readonly versions: readonly ModelRef[]
  /** The version that serves, or would if the model were not suspended. */
  readonly active?: ModelRef
  readonly suspended?: { readonly reason: string; readonly since: string }
}

/** An activation of a version. */
export interface Activation {
  readonly ref: ModelRef
  readonly at: string
  /** Why it was rolled back to; missing when it was activated as new. */
  readonly rollbackReason?: string
}
