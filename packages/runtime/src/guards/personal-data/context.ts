import { characterClass, characterClasses, foldTable } from './characters.ts'
import type { Recogniser } from './recogniser.ts'

/** FNV-1a of folded letters: words are compared by it alone, since a collision can only sway a confidence. */
export const emptyHash = 0x811c9dc5 | 0

/** The hash with one more letter. */
export const addToHash = (hash: number, unit: number, folds: Uint16Array): number =>
  Math.imul(hash ^ (unit < folds.length ? (folds[unit] as number) : unit), 0x01000193)

/** Words of other numbers: what stands beside one of them is rarely personal. */
const doubtWords: readonly string[] = [
  ...['order', 'invoice', 'tracking', 'parcel', 'shipment', 'isbn', 'issn', 'ean', 'gtin', 'sku', 'version', 'build'],
  ...[
    'serial',
    'part',
    'commit',
    'sha',
    'md5',
    'hash',
    'checksum',
    'ticket',
    'reference',
    'ref',
    'transaction',
    'uuid',
  ],
  ...['guid', 'article', 'batch', 'lot', 'revision', 'release', 'port', 'timestamp', 'epoch', 'offset', 'barcode'],
  ...['fig', 'figure', 'section', 'chapter', 'clause', 'abbildung', 'abschnitt', 'kapitel', 'chapitre', 'seccion'],
  ...['bestellung', 'bestellnummer', 'rechnung', 'rechnungsnummer', 'auftrag', 'sendungsnummer', 'artikelnummer'],
  ...['commande', 'facture', 'colis', 'pedido', 'factura', 'ordine', 'fattura', 'encomenda', 'fatura', 'zamowienie'],
  ...['bestelling', 'factuur', 'faktura', 'tilaus', 'ordernummer', '订单', '注文番号', '주문번호'],
]

/** A phrase of up to four words as their hashes, the last one first. */
export interface Phrase {
  readonly text: string
  readonly earlier: readonly number[]
  readonly id: number
}

const ideographic = /^[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]/
const hashOf = (word: string): number => {
  const [folds, classes] = [foldTable(), characterClasses()]
  let hash = emptyHash
  for (let at = 0; at < word.length; at += 1) {
    const unit = word.charCodeAt(at)
    if (classes[unit] !== characterClass.mark) hash = addToHash(hash, unit, folds)
  }
  return hash
}

/** A node of the tree of phrases whose script puts no spaces between words. */
interface Branch {
  readonly next: Map<number, Branch>
  phrase?: number
}

/** All phrases of all recognisers, ready to be looked for in one pass. */
export interface PhraseTable {
  readonly phrases: readonly string[]
  /** One bit for each low half of a hash that ends a phrase: most words are turned away here. */
  readonly sieve: Uint8Array
  readonly byLastWord: ReadonlyMap<number, readonly Phrase[]>
  readonly unspaced: Branch
  /** The ids of the phrases that speak for a recogniser. */
  readonly of: ReadonlyMap<Recogniser, ReadonlySet<number>>
  /** The ids of those that speak for it and for others. */
  readonly sharedOf: ReadonlyMap<Recogniser, ReadonlySet<number>>
  readonly doubts: ReadonlySet<number>
}

const addUnspaced = (root: Branch, text: string, id: number): void => {
  let branch = root
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    const next: Branch = branch.next.get(unit) ?? { next: new Map() }
    branch.next.set(unit, next)
    branch = next
  }
  branch.phrase = id
}

/** The table of the phrases that the recognisers name, of those that speak against all of them, and of triggers. */
export const createPhraseTable = (recognisers: readonly Recogniser[], triggers: readonly string[]): PhraseTable => {
  const ids = new Map<string, number>()
  const sieve = new Uint8Array(0x10000)
  const byLastWord = new Map<number, Phrase[]>()
  const unspaced: Branch = { next: new Map() }

  const add = (text: string): number => {
    const known = ids.get(text)
    if (known !== undefined) return known
    const id = ids.size
    ids.set(text, id)
    if (ideographic.test(text)) {
      addUnspaced(unspaced, text, id)
      return id
    }
    const [last, ...earlier] = text.split(' ').map(hashOf).reverse() as [number, ...number[]]
    sieve[last & 0xffff] = 1
    byLastWord.set(last, [...(byLastWord.get(last) ?? []), { text, earlier, id }])
    return id
  }

  const of = new Map(recognisers.map((recogniser) => [recogniser, new Set(recogniser.context.map(add))]))
  const sharedOf = new Map(
    recognisers.map((recogniser) => [recogniser, new Set((recogniser.sharedContext ?? []).map(add))]),
  )
  const doubts = new Set(doubtWords.map(add))
  for (const trigger of triggers) add(trigger)
  return { phrases: [...ids.keys()], sieve, byLastWord, unspaced, of, sharedOf, doubts }
}

/** The longest phrase without spaces that starts at a place, as its id and length. */
export const unspacedPhraseAt = (
  table: PhraseTable,
  text: string,
  at: number,
): { id: number; length: number } | undefined => {
  let found: { id: number; length: number } | undefined
  let branch: Branch | undefined = table.unspaced
  for (let next = at; branch !== undefined; next += 1) {
    if (branch.phrase !== undefined) found = { id: branch.phrase, length: next - at }
    branch = next < text.length ? branch.next.get(text.charCodeAt(next)) : undefined
  }
  return found
}
