import { type Clock, type Digest, NootropicError, systemClock } from '@nootropic/core'
import type { InputIdentity } from './feeds-digest.ts'

/** Workers that one input may end. One may be chance; a second makes it the input's doing. */
export const maximumDeaths = 2

// Each costs its sender a worker; the oldest are forgotten beyond it (CWE-770).
const maximumSuspects = 1024

/** How long a death is held against an input: two workers each quarter of an hour are no harm, and the blame may be wrong. */
export const suspicionMs = 15 * 60_000

/** What an input is known by, and how many workers it has ended. */
export interface Suspect {
  readonly digest: Digest
  readonly deaths: number
}

/** Remembers for a while the inputs that ended workers. */
export interface Quarantine {
  /** Counts a worker's end against the input. */
  blame(input: InputIdentity): Suspect
  /** Forgets what was held against an input that a worker survived. */
  clear(input: InputIdentity): void
  /** The input when it is to be run no more. */
  find(input: InputIdentity): Suspect | undefined
}

export const createQuarantine = (
  clock: Pick<Clock, 'monotonicMs'> = systemClock,
  capacity = maximumSuspects,
): Quarantine => {
  // The one blamed longest ago first.
  const suspects = new Map<Digest, Suspect & { readonly shape: string; readonly untilMs: number }>()
  const forgetOld = (): void => {
    const nowMs = clock.monotonicMs()
    for (const { digest, untilMs } of suspects.values()) {
      if (untilMs > nowMs) return
      suspects.delete(digest)
    }
  }
  /** The shape is compared before anything is hashed: inputs of other shapes cost nothing more. */
  const find = (input: InputIdentity, deaths: number): Suspect | undefined => {
    forgetOld()
    if (suspects.size === 0) return undefined
    const isLike = [...suspects.values()].some((one) => one.deaths >= deaths && one.shape === input.shape)
    const suspect = isLike ? suspects.get(input.digest) : undefined
    return suspect !== undefined && suspect.deaths >= deaths ? suspect : undefined
  }
  return {
    blame(input) {
      forgetOld()
      const { digest, shape } = input
      const deaths = (suspects.get(digest)?.deaths ?? 0) + 1
      suspects.delete(digest)
      suspects.set(digest, { digest, deaths, shape, untilMs: clock.monotonicMs() + suspicionMs })
      for (const oldest of suspects.keys()) if (suspects.size > capacity) suspects.delete(oldest)
      return { digest, deaths }
    },
    clear(input) {
      const suspect = find(input, 1)
      if (suspect !== undefined) suspects.delete(suspect.digest)
    },
    find: (input) => find(input, maximumDeaths),
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
