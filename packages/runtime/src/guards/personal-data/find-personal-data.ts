import { NootropicError } from '@nootropic/core'
import { type PlainText, placesInOriginal, readPlainText } from '../plain-text.ts'
import type { Match } from '../redact.ts'
import { resolveOverlaps } from '../resolve-overlaps.ts'
import { defaultPhoneRegions, isPhoneRegion } from './numbering-plans.ts'
import { personalDataTypes } from './registry.ts'
import { scanText } from './scan.ts'
import { createScanner, type Scanner } from './scanner.ts'

/** What to look for. */
export interface PersonalDataOptions {
  /** The types wanted, e.g. `['e-mail', 'national-id']`; a type stands for all below it. All when absent. */
  readonly types?: readonly string[]
  /** Matches less sure than this are left out: 0.5 when absent. */
  readonly minimumConfidence?: number
  /** Countries (ISO 3166-1 alpha-2) whose telephone numbers are known without their calling code. */
  readonly phoneRegions?: readonly string[]
}

/** The confidence from which a match counts where the host names no other. */
export const defaultMinimumConfidence = 0.5

const scanners = new Map<string, Scanner>()

const scannerOf = ({ types, phoneRegions = defaultPhoneRegions }: PersonalDataOptions): Scanner => {
  const unknown = types?.find((name) => !personalDataTypes.some((type) => type === name || type.startsWith(`${name}/`)))
  if (unknown !== undefined)
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      `types: expected types of personal data (${personalDataTypes.join(', ')}, or national-id), found "${unknown}"; take it out`,
    )
  const nowhere = phoneRegions.find((region) => !isPhoneRegion(region))
  if (nowhere !== undefined)
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      `phoneRegions: expected countries as two capitals (ISO 3166-1), found "${nowhere}"; take it out`,
    )
  const key = `${types?.join(' ') ?? '*'}|${phoneRegions.join()}`
  const scanner = scanners.get(key) ?? createScanner(types, phoneRegions)
  scanners.set(key, scanner)
  return scanner
}

/** All that was recognised, overlaps included, in the places of the text as it came. */
const recognise = (text: string, options: PersonalDataOptions): { matches: Match[]; plain: PlainText } => {
  const plain = readPlainText(text)
  const minimum = options.minimumConfidence ?? defaultMinimumConfidence
  return { matches: scanText(scannerOf(options), plain.text, minimum), plain }
}

/**
 * The personal data in a text, in order and without overlaps. A number counts when its check digits, its layout or the
 * words around it tell it from others. Digits of any script, full-width forms and invisible characters between them are
 * read as a reader sees them. Time and memory are linear in the text, whatever it holds.
 *
 * @throws NootropicError CONFIGURATION_INVALID when a type or a country is unknown.
 * @example
 * ```ts
 * findPersonalData('Mail ann@example.org').map(({ type, start, end }) => [type, start, end]) // [['e-mail', 5, 20]]
 * ```
 */
export const findPersonalData = (text: string, options: PersonalDataOptions = {}): Match[] => {
  const { matches, plain } = recognise(text, options)
  return placesInOriginal(resolveOverlaps(matches), plain)
}

/**
 * What is to be taken out of a text that must hold no personal data: as {@link findPersonalData}, with every match that
 * overlaps a surer one, so that nothing stays of either.
 *
 * @throws NootropicError CONFIGURATION_INVALID when a type or a country is unknown.
 */
export const findPersonalDataToRedact = (text: string, options: PersonalDataOptions = {}): Match[] => {
  const { matches, plain } = recognise(text, options)
  return placesInOriginal(matches, plain)
}
