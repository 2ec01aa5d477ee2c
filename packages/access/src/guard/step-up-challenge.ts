import type { AccessDecision } from '@nootropic/core'

// What may stand in a quoted string and in a list that spaces separate.
const isPlain = (name: string): boolean => /^[\w.:-]+$/.test(name)

/**
 * The value of `WWW-Authenticate` for a denial that a further proof of identity would lift (RFC 9470): which factors, and how
 * fresh; undefined for every other denial.
 */
export const stepUpChallenge = ({ context: { stepUp } }: AccessDecision): string | undefined => {
  if (stepUp === undefined) return undefined
  const factors = stepUp.factors.filter(isPlain).join(' ')
  const wanted = factors === '' ? '' : `, acr_values="${factors}"`
  return `Bearer error="insufficient_user_authentication"${wanted}, max_age="${Math.floor(stepUp.maximumAgeSeconds)}"`
}
