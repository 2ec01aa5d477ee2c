import type { AccessRequest } from '@nootropic/core'

/** Whether a condition holds; `error` if that cannot be told, with why. */
export type ConditionResult = { readonly kind: 'met' } | { readonly kind: 'unmet' | 'error'; readonly why: string }

/** Evaluates a condition for a request at an instant. */
export type ConditionCheck = (request: AccessRequest, now: Date) => ConditionResult
