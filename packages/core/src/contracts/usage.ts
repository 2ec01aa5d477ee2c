import type { AccessRequest } from './access.ts'

/** How much is used, by what is counted. Whole numbers, but for the seconds. */
export interface UsageAmounts {
  readonly requests?: number
  /** What a model of language reads and writes. */
  readonly tokens?: number
  /** Of inputs and outputs together. */
  readonly bytes?: number
  readonly 'compute-seconds'?: number
}

/** Who is about to use how much of which model, at most. */
export interface UsageRequest {
  readonly subject: AccessRequest['subject']
  readonly model: string
  readonly cost: UsageAmounts
}

/** What was set aside for a request, until it has ended. */
export interface UsageReservation {
  /** Puts what was used in place of what was set aside; what is left out stays as it was reserved. */
  settle(used: UsageAmounts): Promise<void>
  /** Gives all of it back: nothing was used. */
  release(): Promise<void>
}

/** A request that fits, or the quota that it does not fit. */
export type UsageAnswer =
  | { readonly admitted: true; readonly reservation: UsageReservation }
  | {
      readonly admitted: false
      /** The name of the quota that is used up. */
      readonly quota: string
      /** When to try again; undefined if it will never fit. */
      readonly retryAfterSeconds: number | undefined
    }

/** Limits how much of a model a subject uses. */
export interface UsageLimiter {
  /** @throws NootropicError for what cannot be counted or written; the caller must then refuse. */
  reserve(request: UsageRequest): Promise<UsageAnswer>
}
