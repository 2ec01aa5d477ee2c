import { createSeededRandom } from '@nootropic/core'
import { accountValues } from './account-values.ts'
import { contactValues } from './contact-values.ts'
import { decoys } from './decoys.ts'
import { africanAndOceanianNumbers } from './numbers-of-africa-and-oceania.ts'
import { americanNumbers } from './numbers-of-america.ts'
import { asianNumbers } from './numbers-of-asia.ts'
import { easternEuropeanNumbers } from './numbers-of-eastern-europe.ts'
import { northernEuropeanNumbers } from './numbers-of-northern-europe.ts'
import { southernEuropeanNumbers } from './numbers-of-southern-europe.ts'
import { westernEuropeanNumbers } from './numbers-of-western-europe.ts'
import { createDraw, type Draw } from './random-text.ts'
import type { NumberKind } from './written.ts'

/** A value that stands in a document. */
export interface Label {
  readonly type: string
  readonly start: number
  readonly end: number
}

/** A text, and everything personal in it. */
export interface LabelledDocument {
  readonly text: string
  readonly labels: readonly Label[]
  readonly layout: string
}

/** Every kind of value that the documents hold. */
export const valueKinds: readonly NumberKind[] = [
  ...contactValues,
  ...accountValues,
  ...americanNumbers,
  ...westernEuropeanNumbers,
  ...southernEuropeanNumbers,
  ...northernEuropeanNumbers,
  ...easternEuropeanNumbers,
  ...asianNumbers,
  ...africanAndOceanianNumbers,
]

const fillers = [
  'Thank you for getting in touch with us about the delivery.',
  'The meeting was moved to the second floor because of the repairs.',
  'Wir haben Ihre Anfrage erhalten und melden uns in den nächsten Tagen.',
  'Bitte beachten Sie die geänderten Öffnungszeiten.',
  'Nous vous remercions de votre confiance et restons à votre disposition.',
  'Le dossier sera traité dans les meilleurs délais.',
  'Le agradecemos su interés y le responderemos pronto.',
  'La richiesta è stata registrata correttamente.',
  'Dziękujemy za kontakt w tej sprawie.',
  'De afspraak is bevestigd voor volgende week.',
  'Tack för ditt meddelande, vi återkommer snart.',
  '感谢您的来信，我们会尽快处理。',
  'お問い合わせありがとうございます。',
  'Спасибо за обращение, мы скоро ответим.',
  'The model reached an accuracy of 97.3 percent after 12 epochs.',
  'See section 4.2 of the manual for the list of 120 parts.',
]

/** A text under construction, with what was put in it. */
const createPage = () => {
  let text = ''
  const labels: Label[] = []
  return {
    add: (part: string): void => {
      text += part
    },
    addValue: (type: string, value: string): void => {
      labels.push({ type, start: text.length, end: text.length + value.length })
      text += value
    },
    finish: (layout: string): LabelledDocument => ({ text, labels, layout }),
  }
}
type Page = ReturnType<typeof createPage>

const addLabelled = (page: Page, draw: Draw, kind: NumberKind, between: readonly string[]): void => {
  page.add(draw.one(kind.labels))
  page.add(draw.one(between))
  page.addValue(kind.type, kind.write(draw).text)
}

const letter = (draw: Draw, kinds: readonly NumberKind[]): LabelledDocument => {
  const page = createPage()
  page.add(`${draw.one(fillers)} `)
  for (const kind of kinds) {
    const value = kind.write(draw)
    // Without a label only what a reader would know anyway.
    if (value.isTelling && draw.chance(0.4)) {
      page.add(draw.one(['Please use ', 'It says ', 'We have noted ', 'Hier: ', 'Voici ', '']))
    } else page.add(`${draw.one(kind.labels)}${draw.one([': ', ' ', ' is ', ' – '])}`)
    page.addValue(kind.type, value.text)
    page.add(draw.one(['. ', ', ', '; ', '.\n', ' (see above). ']))
    if (draw.chance(0.6)) page.add(`${draw.one(fillers)} `)
    if (draw.chance(0.6)) page.add(`${draw.one(decoys)(draw)}. `)
  }
  page.add(draw.one(fillers))
  return page.finish('letter')
}

const form = (draw: Draw, kinds: readonly NumberKind[]): LabelledDocument => {
  const page = createPage()
  for (const kind of kinds) {
    addLabelled(page, draw, kind, [': ', ':\t', '\t', ' = ', ': \n  '])
    page.add('\n')
    if (draw.chance(0.5)) page.add(`${draw.one(decoys)(draw)}\n`)
  }
  return page.finish('form')
}

const json = (draw: Draw, kinds: readonly NumberKind[]): LabelledDocument => {
  const page = createPage()
  page.add('{\n')
  for (const kind of kinds) {
    page.add(`  "${draw.one(kind.labels)}": "`)
    const value = kind.write(draw).text
    page.addValue(kind.type, value)
    page.add('",\n')
    if (draw.chance(0.4)) page.add(`  "note": "${draw.one(decoys)(draw)}",\n`)
  }
  page.add('  "ok": true\n}')
  return page.finish('json')
}

const table = (draw: Draw, kinds: readonly NumberKind[]): LabelledDocument => {
  const page = createPage()
  const separator = draw.one([';', ',', '\t', '|'])
  page.add(`row${separator}${kinds.map((kind) => draw.one(kind.labels)).join(separator)}${separator}status\n`)
  const rows = draw.integer(2, 6)
  for (let row = 1; row <= rows; row += 1) {
    page.add(String(row))
    for (const kind of kinds) {
      page.add(separator)
      page.addValue(kind.type, kind.write(draw).text.replaceAll(separator, ''))
    }
    page.add(`${separator}${draw.one(['open', 'done'])}\n`)
  }
  return page.finish('table')
}

const log = (draw: Draw, kinds: readonly NumberKind[]): LabelledDocument => {
  const page = createPage()
  for (const kind of kinds) {
    page.add(`2026-0${draw.integer(1, 9)}-1${draw.integer(0, 9)}T10:00:0${draw.integer(0, 9)}Z INFO `)
    addLabelled(page, draw, kind, ['=', ': ', '="'])
    page.add(` ${draw.one(decoys)(draw)}\n`)
  }
  return page.finish('log')
}

const sentences: readonly (readonly [before: string, after: string])[] = [
  ['Hello, I would like to update my file: the LABEL is VALUE, please confirm.', 'Thanks!'],
  ['Could you check whether LABEL VALUE is still on record?', 'It may be out of date.'],
  ['Meine Daten haben sich geändert. LABEL: VALUE. Bitte bestätigen Sie das.', 'Vielen Dank.'],
  ['Bonjour, voici LABEL : VALUE, merci de le noter.', 'Bonne journée.'],
  ['Hola, mi LABEL es VALUE y quisiera actualizarlo.', 'Gracias.'],
  ['Buongiorno, il mio LABEL è VALUE.', 'Cordiali saluti'],
  ['Proszę zapisać: LABEL VALUE.', 'Dziękuję.'],
  ['user: what do you know about me?\nassistant: Your LABEL is VALUE.', 'user: thanks'],
  ['> LABEL (VALUE) was found twice.', '--'],
  ['The customer gave VALUE as LABEL.', 'The call ended after two minutes.'],
]

const chat = (draw: Draw, kinds: readonly NumberKind[]): LabelledDocument => {
  const page = createPage()
  for (const kind of kinds) {
    const [before, after] = draw.one(sentences)
    const sentence = before.replace('LABEL', draw.one(kind.labels))
    const [head = '', tail = ''] = sentence.split('VALUE')
    page.add(head)
    page.addValue(kind.type, kind.write(draw).text)
    page.add(`${tail} ${draw.chance(0.5) ? `${draw.one(decoys)(draw)}. ` : ''}${after}\n`)
  }
  return page.finish('chat')
}

const markup = (draw: Draw, kinds: readonly NumberKind[]): LabelledDocument => {
  const page = createPage()
  page.add('<dl>\n')
  for (const kind of kinds) {
    page.add(`  <dt>${draw.one(kind.labels)}</dt><dd>`)
    page.addValue(kind.type, kind.write(draw).text)
    page.add(`</dd>\n${draw.chance(0.4) ? `  <p>${draw.one(decoys)(draw)}</p>\n` : ''}`)
  }
  page.add('</dl>')
  return page.finish('markup')
}

const yaml = (draw: Draw, kinds: readonly NumberKind[]): LabelledDocument => {
  const page = createPage()
  page.add('customer:\n')
  for (const kind of kinds) {
    page.add(`  ${draw.one(kind.labels).replaceAll(' ', '_')}: ${draw.one(["'", ''])}`)
    page.addValue(kind.type, kind.write(draw).text)
    page.add(`\n${draw.chance(0.4) ? `  note: ${draw.one(decoys)(draw)}\n` : ''}`)
  }
  return page.finish('yaml')
}

const disguises: readonly ((text: string) => string)[] = [
  (text) => text.replace(/(?<=\d)(?=\d)/g, '\u200b'),
  (text) => text.replaceAll(' ', '\u00a0'),
  (text) => text.replaceAll('-', '\u2011'),
  (text) => text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
  (text) => text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0x30 + 0x660)),
  (text) => text.replace(/\d/g, (digit) => String.fromCodePoint(digit.charCodeAt(0) - 0x30 + 0x1d7ce)),
]

const disguised = (draw: Draw, kinds: readonly NumberKind[]): LabelledDocument => {
  const page = createPage()
  for (const kind of kinds) {
    page.add(`${draw.one(fillers)}\n${draw.one(kind.labels)}: `)
    page.addValue(kind.type, draw.one(disguises)(kind.write(draw).text))
    page.add('\n')
  }
  return page.finish('disguised')
}

const decoysOnly = (draw: Draw): LabelledDocument => {
  const page = createPage()
  for (let count = draw.integer(3, 8); count > 0; count -= 1)
    page.add(`${draw.one(fillers)} ${draw.one(decoys)(draw)}${draw.one(['. ', '\n', ', '])}`)
  return page.finish('decoys')
}

/**
 * Labelled documents, the same for the same seed: letters, forms, JSON, tables, logs in a dozen languages, and texts with
 * nothing personal in them.
 */
export const generateDocuments = (seed: number, count: number): LabelledDocument[] => {
  const draw = createDraw(createSeededRandom(seed))
  return Array.from({ length: count }, (_, index) => {
    if (index % 6 === 5) return decoysOnly(draw)
    const layout = draw.one([letter, letter, form, json, log, table, chat, chat, markup, yaml, disguised])
    const kinds = Array.from({ length: draw.integer(1, 4) }, () => draw.one(valueKinds))
    return layout(draw, layout === table ? kinds.filter(({ type }) => type !== 'mrz') : kinds)
  })
}
