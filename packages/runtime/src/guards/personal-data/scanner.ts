import { writtenBirthDate } from './birth-date.ts'
import { createPhraseTable, type PhraseTable } from './context.ts'
import { email } from './email.ts'
import { iban } from './iban.ts'
import { createLayoutTree, type LayoutTree } from './layouts.ts'
import { nameOpenings, personName } from './name.ts'
import { ipv4, ipv6, macAddress } from './network.ts'
import { createNationalCheck } from './numbering-plans.ts'
import { phone } from './phone.ts'
import { postalAddress, streetWords } from './postal-address.ts'
import type { Recogniser } from './recogniser.ts'
import { groupedNumbers, recognisers } from './registry.ts'
import { machineReadableZone } from './travel-document.ts'
import { wallet } from './wallet.ts'

/** What a scan looks for, compiled once. */
export interface Scanner {
  readonly wanted: ReadonlySet<Recogniser>
  readonly phrases: PhraseTable
  readonly layouts: LayoutTree
  readonly names: ReadonlySet<number>
  readonly streets: ReadonlySet<number>
  readonly isNationalPhone: (digits: string) => boolean
  /** Which of the recognisers that have a trigger of their own are wanted. */
  readonly wants: {
    readonly email: boolean
    readonly phone: boolean
    readonly iban: boolean
    readonly ipv4: boolean
    readonly ipv6: boolean
    readonly macAddress: boolean
    readonly wallet: boolean
    readonly zone: boolean
    readonly address: boolean
    readonly birth: boolean
  }
}

/** The scanner of these types; a type stands for all that begin with it and a slash. */
export const createScanner = (types: readonly string[] | undefined, phoneRegions: readonly string[]): Scanner => {
  const isWanted = ({ type }: Recogniser): boolean =>
    types === undefined || types.some((name) => type === name || type.startsWith(`${name}/`))
  const phrases = createPhraseTable(recognisers.filter(isWanted), [...nameOpenings, ...streetWords])
  const idsOf = (texts: readonly string[]): Set<number> => {
    const set = new Set(texts)
    return new Set(phrases.phrases.flatMap((text, id) => (set.has(text) ? [id] : [])))
  }
  return {
    wanted: new Set(recognisers.filter(isWanted)),
    phrases,
    layouts: createLayoutTree(groupedNumbers.filter(isWanted)),
    names: isWanted(personName) ? idsOf(nameOpenings) : new Set(),
    streets: isWanted(postalAddress) ? idsOf(streetWords) : new Set(),
    isNationalPhone: createNationalCheck(phoneRegions),
    wants: {
      email: isWanted(email),
      phone: isWanted(phone),
      iban: isWanted(iban),
      ipv4: isWanted(ipv4),
      ipv6: isWanted(ipv6),
      macAddress: isWanted(macAddress),
      wallet: isWanted(wallet),
      zone: isWanted(machineReadableZone),
      address: isWanted(postalAddress),
      birth: isWanted(writtenBirthDate),
    },
  }
}
