import { birthDate, shortBirthDate, writtenBirthDate } from './birth-date.ts'
import { card } from './card.ts'
import { email } from './email.ts'
import { iban } from './iban.ts'
import { personName } from './name.ts'
import { africanAndOceanianIds } from './national-ids/africa-and-oceania.ts'
import { americanIds } from './national-ids/americas.ts'
import { centralEuropeanIds } from './national-ids/central-europe.ts'
import { easternAsianIds } from './national-ids/eastern-asia.ts'
import { easternEuropeanIds } from './national-ids/eastern-europe.ts'
import { northernEuropeanIds } from './national-ids/northern-europe.ts'
import { southernAsianIds } from './national-ids/southern-asia.ts'
import { southernEuropeanIds } from './national-ids/southern-europe.ts'
import { westernEuropeanIds } from './national-ids/western-europe.ts'
import { ipv4, ipv6, macAddress } from './network.ts'
import { phone } from './phone.ts'
import { postalAddress } from './postal-address.ts'
import type { GroupedNumber, Recogniser } from './recogniser.ts'
import { machineReadableZone, passport } from './travel-document.ts'
import { wallet } from './wallet.ts'

/** Numbers written in groups, of all countries. */
export const groupedNumbers: readonly GroupedNumber[] = [
  card,
  passport,
  birthDate,
  shortBirthDate,
  ...americanIds,
  ...westernEuropeanIds,
  ...centralEuropeanIds,
  ...southernEuropeanIds,
  ...northernEuropeanIds,
  ...easternEuropeanIds,
  ...easternAsianIds,
  ...southernAsianIds,
  ...africanAndOceanianIds,
]

/** Everything that is recognised. */
export const recognisers: readonly Recogniser[] = [
  ...groupedNumbers,
  ...[email, phone, iban, ipv4, ipv6, macAddress, wallet, machineReadableZone, writtenBirthDate, personName],
  postalAddress,
]

/** The types of matches, each once, e.g. `e-mail`, `national-id/us-ssn`. */
export const personalDataTypes: readonly string[] = [...new Set(recognisers.map(({ type }) => type))].sort()
