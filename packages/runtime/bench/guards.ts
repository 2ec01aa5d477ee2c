import { findPersonalData, findSecrets } from '@nootropic/runtime/guards'
import { lintSource } from '@secretlint/core'
import { creator as preset } from '@secretlint/secretlint-rule-preset-recommend'
import { costOf, median } from '../../../tools/bench/cost.ts'
import { adversarialPieces, adversarialText } from '../test/guards/adversarial-texts.ts'
import { generateDocuments } from '../test/guards/personal-data/generator/documents.ts'

// How many megabytes of text the guards read in a second of CPU time, beside what is usual: a set of plain expressions
// over the whole text for personal data, secretlint over the whole text for secrets. Rivals whose time grows faster than
// the text are measured on less of it, which flatters them.

const length = 1_000_000
const rivalLength = 50_000
const rounds = 3

const expressions = [
  /\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\b/g,
  /\b(?:\+?\d{1,3}[-. ]?)?\(?\d{2,4}\)?[-. ]?\d{3,4}[-. ]?\d{3,4}\b/g,
  /\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b/g,
  /\b(?:\d[ -]*?){13,19}\b/g,
  /\b\d{3}-\d{2}-\d{4}\b/g,
  /\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b/g,
  /\b(?:[A-Fa-f0-9]{1,4}:){2,7}[A-Fa-f0-9]{1,4}\b/g,
  /\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b/g,
  /\b[A-Z]{2}\d{6}[A-D]\b/g,
  /\b\d{8}[A-Z]\b/g,
  /\b[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]\b/g,
  /\b\d{3}\.\d{3}\.\d{3}-\d{2}\b/g,
  /\b(?:bc1|[13])[a-zA-HJ-NP-Z0-9]{25,59}\b/g,
  /\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b/g,
  /\b(?:Mr|Mrs|Ms|Dr)\.? [A-Z][a-z]+(?: [A-Z][a-z]+)?\b/g,
]
const matchExpressions = (text: string): number =>
  expressions.reduce((count, expression) => count + (text.match(expression)?.length ?? 0), 0)

const secretlint = (text: string): Promise<unknown> =>
  lintSource({
    source: { content: text, filePath: 'text.txt', ext: '.txt', contentType: 'text' },
    options: { config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: preset }] } },
  })

/** V8 goes on compiling for some megabytes of text. */
const warmRounds = 6

/** Megabytes of UTF-8 in a second of CPU time, the median of some rounds after those that do not count. */
const speed = async (text: string, work: (text: string) => unknown): Promise<number> => {
  for (let round = 0; round < warmRounds; round += 1) await work(text)
  const seconds: number[] = []
  for (let round = 0; round < rounds; round += 1) seconds.push((await costOf(() => work(text))).cpu)
  return Buffer.byteLength(text) / 1e6 / median(seconds)
}

const prose = [
  'The committee met on Tuesday to discuss the plan for the new library, which is due to open in spring 2027.',
  'Several members asked about costs; the chair promised figures by the end of the month (see section 4.2).',
  'Die Sitzung wurde um 16:30 Uhr geschlossen, das Protokoll geht allen Mitgliedern in den nächsten Tagen zu.',
  'The model reached an accuracy of 97.3 % after 12 epochs on 60,000 images, as table 3 of the report shows.',
]
const people = generateDocuments(1, 400).map(({ text }) => text)
const ordinary: Readonly<Record<string, string>> = {
  prose: prose.join(' '),
  'prose, a person in each 4 kB': people.map((text) => `${prose.join(' ').repeat(9)}\n${text}`).join('\n'),
  'nothing but personal data': people.join('\n'),
}

const texts = { ...ordinary, ...adversarialPieces }
const rows: string[] = []
const figures: Record<'personal' | 'secrets', number[]> = { personal: [], secrets: [] }
for (const [name, piece] of Object.entries(texts)) {
  const text = adversarialText(piece, length)
  const short = adversarialText(piece, rivalLength)
  const personal = await speed(text, (all) => findPersonalData(all))
  const plain = await speed(short, matchExpressions)
  const secrets = await speed(text, (all) => findSecrets(all))
  const whole = await speed(short, secretlint)
  figures.personal.push(personal)
  figures.secrets.push(secrets)
  const cells = [name, personal, plain, secrets, whole]
  rows.push(
    `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(cell < 1 ? 2 : 0) : cell)).join(' | ')} |`,
  )
}

process.stdout.write(
  [
    '| MB/s of CPU time | personal data | plain expressions | secrets | secretlint |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows,
    `| **slowest** | ${Math.min(...figures.personal).toFixed(0)} | | ${Math.min(...figures.secrets).toFixed(0)} | |`,
    '',
  ].join('\n'),
)
