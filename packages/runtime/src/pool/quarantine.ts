import { type Digest, NootropicError } from '@nootropic/core'
import { feedsDigest, feedsShape, type Tensors } from './feeds-digest.ts'

/** Workers that one input may end. One may be chance; a second makes it the input's doing. */
export const maximumDeaths = 2

// Each costs its sender a worker; the oldest are forgotten beyond it (CWE-770).
const maximumSuspects = 1024

/** What an input is known by, and how many workers it has ended. */
export interface Suspect {
  readonly digest: Digest
  readonly deaths: number
}

/** Remembers the inputs that ended workers. */
export interface Quarantine {
  /** Counts a worker's end against the input. */
  blame(feeds: Tensors): Suspect
  /** The input when it is to be run no more. */
  find(feeds: Tensors): Suspect | undefined
}

export const createQuarantine = (capacity = maximumSuspects): Quarantine => {
  // Oldest first. The shape is compared before anything is hashed: inputs of other shapes cost nothing more.
  const suspects = new Map<Digest, Suspect & { readonly shape: string }>()
  return {
    blame(feeds) {
      const digest = feedsDigest(feeds)
      const deaths = (suspects.get(digest)?.deaths ?? 0) + 1
      suspects.delete(digest)
      suspects.set(digest, { digest, deaths, shape: feedsShape(feeds) })
      for (const oldest of suspects.keys()) if (suspects.size > capacity) suspects.delete(oldest)
      return { digest, deaths }
    },
    find(feeds) {
      if (suspects.size === 0) return undefined
      const shape = feedsShape(feeds)
      const isLike = [...suspects.values()].some((one) => one.deaths >= maximumDeaths && one.shape === shape)
      const suspect = isLike ? suspects.get(feedsDigest(feeds)) : undefined
      return suspect !== undefined && suspect.deaths >= maximumDeaths ? suspect : undefined
    },
  }
}

/** The answer to an input that is run no more. */
export const quarantined = ({ digest, deaths }: Suspect): NootropicError =>
  new NootropicError(
    'INPUT_INVALID',
    `expected an input that its worker survives; this one (${digest}) ended ${deaths} workers and is run no more: ` +
      'do not send it again',
    { details: { quarantined: digest, deaths } },
  )
