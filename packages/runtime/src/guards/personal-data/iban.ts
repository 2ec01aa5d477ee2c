import { isAlphanumeric, isDigit } from './characters.ts'
import { modulo97 } from './check-digits.ts'
import { compactValue } from './layouts.ts'
import type { Recogniser, Report } from './recogniser.ts'

// The SWIFT registry of ISO 13616: the length of an IBAN of each country that has one.
const registry = `
AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18
FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20
LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24
SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30`

const lengthOf: ReadonlyMap<string, number> = new Map(
  registry
    .trim()
    .split(/\s+/)
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)

/** Bank accounts. */
export const iban: Recogniser = {
  type: 'iban',
  name: 'IBAN',
  alone: 0.95,
  near: 0.99,
  context: [
    ...['iban', 'account', 'bank', 'konto', 'kontonummer', 'bankverbindung', 'compte', 'cuenta', 'conto', 'conta'],
    ...['rekening', 'rekeningnummer', 'rachunek', 'tili', 'tilinumero', 'bankkonto', 'счет'],
  ],
  source: 'ISO 13616-1; SWIFT IBAN registry',
}

const isGap = (unit: number): boolean => unit === 0x20 || unit === 0x2d || unit === 0x2e
const isLetter = (unit: number): boolean => !isDigit(unit) && isAlphanumeric(unit)

/**
 * Reports the IBAN that starts with the word at `start`: country, two check digits, then as many characters as its country
 * has, with one separator at most between any two.
 *
 * @returns how many characters it read, the measure of its work.
 */
export const findIban = (text: string, start: number, report: Report): number => {
  if (
    !isLetter(text.charCodeAt(start + 1)) ||
    !isDigit(text.charCodeAt(start + 2)) ||
    !isDigit(text.charCodeAt(start + 3))
  )
    return 1
  const length = lengthOf.get(text.slice(start, start + 2).toUpperCase())
  if (length === undefined) return 1

  let count = 0
  let at = start
  for (; at < text.length && count < length; at += 1) {
    const unit = text.charCodeAt(at)
    if (isAlphanumeric(unit)) count += 1
    else if (!isGap(unit) || isGap(text.charCodeAt(at - 1))) return at - start
  }
  if (count < length || isAlphanumeric(text.charCodeAt(at))) return at - start
  const value = compactValue(text, start, at)
  if (modulo97(value.slice(4) + value.slice(0, 4)) === 1) report(iban, start, at)
  return at - start
}
