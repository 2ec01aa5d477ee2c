import { NootropicError, type SeededRandom } from '@nootropic/core'
import { type CorruptionSeverity, corruptionSeverities } from './corruption-description.ts'
import type { TextCorruptionName } from './registry.ts'
import { textCorruptions } from './text/registry.ts'

/**
 * The texts with a registered corruption. The same seed gives the same.
 *
 * @throws NootropicError `USAGE` for an unknown name or severity
 * @example
 * ```ts
 * corruptTexts('typos', ['a quiet evening'], { severity: 3, random: createSeededRandom(1) })
 * ```
 */
export const corruptTexts = (
  name: TextCorruptionName,
  texts: readonly string[],
  { severity, random }: { readonly severity: CorruptionSeverity; readonly random: SeededRandom },
): string[] => {
  if (!Object.hasOwn(textCorruptions, name))
    throw new NootropicError('USAGE', `expected one of ${Object.keys(textCorruptions).join(', ')}, found "${name}"`)
  if (!corruptionSeverities.includes(severity))
    throw new NootropicError('USAGE', `expected a severity from 1 to 5, found ${severity}`)
  const { apply, severities } = textCorruptions[name]
  const strength: readonly number[] = severities[severity - 1] ?? []
  return texts.map((text) => apply(text, strength, random))
}
