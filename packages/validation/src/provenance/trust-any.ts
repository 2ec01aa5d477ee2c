import { NootropicError } from '@nootropic/core'
import type { SignatureCheck, Trust } from './contracts.ts'
import { provenanceFamily, provenanceRules } from './rules.ts'

const families = ({ sightings }: SignatureCheck): Set<string> =>
  new Set(sightings.map(({ rule }) => provenanceFamily(rule.id)))

const isWanted = (check: SignatureCheck): boolean =>
  check.isAuthentic && [...families(check)].every((family) => family === 'note')

const isOfAnotherKind = ({ sightings }: SignatureCheck): boolean =>
  sightings.some(({ rule }) => rule === provenanceRules['material-unwanted'])

/** How much a check says: whoever it is that signed, the one that comes closest explains the refusal. */
const weight = (check: SignatureCheck): number => {
  if (isWanted(check)) return 3
  if (check.isAuthentic) return 2
  return isOfAnotherKind(check) ? 0 : 1
}

/**
 * Trusts whomever one of several trusts does. Where none does, the one that comes closest says why, and `verifyModel` names
 * them all.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` without any
 */
export const trustAnyOf = (trusts: readonly Trust[]): Trust => {
  const [first] = trusts
  if (first === undefined)
    throw new NootropicError('CONFIGURATION_INVALID', 'expected at least one signer to trust, found none')
  return {
    signers: trusts.flatMap((trust) => trust.signers ?? []),
    async check(bundle) {
      let closest = await first.check(bundle)
      for (const trust of trusts.slice(1)) {
        if (isWanted(closest)) return closest
        const check = await trust.check(bundle)
        if (weight(check) > weight(closest)) closest = check
      }
      return closest
    },
  }
}
