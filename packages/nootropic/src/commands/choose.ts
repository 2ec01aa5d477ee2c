import { NootropicError } from '@nootropic/core'
import type { Invocation } from '../verb.ts'

/** The value of an option that has few. @throws NootropicError `USAGE` for another */
export const choose = <Choice extends string>(name: string, value: string, choices: readonly Choice[]): Choice => {
  const chosen = choices.find((choice) => choice === value)
  if (chosen === undefined) {
    throw new NootropicError('USAGE', `expected --${name} to be one of ${choices.join(', ')}, got "${value}"`)
  }
  return chosen
}

/** The one option that was given out of several that exclude one another. @throws NootropicError `USAGE` for none or more */
export const chooseOption = <Name extends string>(invocation: Invocation, names: readonly Name[]): Name => {
  const given = names.filter((name) => invocation.options[name] !== undefined)
  const [only] = given
  if (only !== undefined && given.length === 1) return only
  const found = given.length === 0 ? 'none of them' : given.map((name) => `--${name}`).join(' and ')
  throw new NootropicError(
    'USAGE',
    `expected exactly one of ${names.map((name) => `--${name}`).join(', ')}, got ${found}`,
  )
}

/**
 * Refuses an option without the one that it goes with: it would be ignored, and the caller think it heard.
 *
 * @param partners for each option, those that it goes with.
 * @throws NootropicError `USAGE`
 */
export const verifyPartners = (invocation: Invocation, partners: Readonly<Record<string, readonly string[]>>): void => {
  for (const [name, others] of Object.entries(partners)) {
    if (invocation.options[name] === undefined || others.some((other) => invocation.options[other] !== undefined))
      continue
    const expected = others.map((other) => `--${other}`).join(' or ')
    throw new NootropicError('USAGE', `expected --${name} together with ${expected}, got it without`)
  }
}
