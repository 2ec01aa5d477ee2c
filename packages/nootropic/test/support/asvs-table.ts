import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The levels of the requirements of OWASP ASVS 5.0.0, section by section, in order: 6.1.1 is of level 1, 6.1.2 of level 2. */
const levels: Readonly<Record<string, string>> = {
  '6.1': '122',
  '6.2': '111111112222',
  '6.3': '11223333',
  '6.4': '112233',
  '6.5': '22222333',
  '6.6': '2223',
  '6.7': '33',
  '6.8': '2222',
  '7.1': '222',
  '7.2': '1111',
  '7.3': '22',
  '7.4': '11222',
  '7.5': '223',
  '7.6': '22',
  '8.1': '1233',
  '8.2': '1123',
  '8.3': '133',
  '8.4': '23',
  '9.1': '111',
  '9.2': '1222',
  '16.1': '2',
  '16.2': '22222',
  '16.3': '2222',
  '16.4': '222',
  '16.5': '2223',
}

/** Every requirement of the five chapters, with its level. */
export const requirements: ReadonlyMap<string, string> = new Map(
  Object.entries(levels).flatMap(([section, all]) =>
    [...all].map((level, index) => [`${section}.${index + 1}`, level] as const),
  ),
)

const columns = 6
// Shorter is no reason.
const shortestReason = 40
const directory = new URL('../../../../docs/reference/', import.meta.url)

const readLinked = (link: string): string | undefined => {
  const path = fileURLToPath(new URL(link, directory))
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

/** GitHub's anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

const hasTest = (source: string, title: string): boolean =>
  ["'", '"', '`'].some((quote) => /\btest(\.\w+\([^)]*\))?\(\s*$/.test(source.split(quote + title + quote)[0] ?? ''))

interface Evidence {
  readonly kind: 'test' | 'document'
  readonly problem?: string
}

const parseEvidence = (text: string): Evidence | undefined => {
  const test = /^\[[^\]]+\]\((?<link>[^)#]+)\) “(?<title>.+)”$/.exec(text)?.groups
  if (test?.link !== undefined && test.title !== undefined) {
    const source = readLinked(test.link)
    if (source === undefined) return { kind: 'test', problem: `there is no file ${test.link}` }
    return hasTest(source, test.title)
      ? { kind: 'test' }
      : { kind: 'test', problem: `${test.link} has no test “${test.title}”` }
  }
  const page = /^\[(?<heading>[^\]]+)\]\((?<link>[^)#]+)#(?<anchor>[^)]+)\)$/.exec(text)?.groups
  if (page?.link === undefined || page.heading === undefined) return undefined
  const { heading, link, anchor } = page
  const headings = readLinked(link)?.matchAll(/^#+ (.+)$/gm) ?? []
  const isThere = [...headings].some(([, found]) => found === heading) && anchorOf(heading) === anchor
  return isThere
    ? { kind: 'document' }
    : { kind: 'document', problem: `${link} has no heading “${heading}” at #${anchor}` }
}

const answers = ['test', 'document', 'not applicable']

const problemsOfRow = (cells: readonly string[], chapter: string | undefined): string[] => {
  const [id = '', level, asks = '', answer = '', evidence = ''] = cells
  if (cells.length !== columns) return [`expected ${columns} columns, found ${cells.length}`]
  const problems: string[] = []
  if (requirements.get(id) !== level) problems.push(`expected level ${requirements.get(id)}, found ${level}`)
  if (!id.startsWith(`${chapter}.`)) problems.push(`it stands in chapter ${chapter}`)
  if (asks === '') problems.push('it does not say what is asked')
  if (!answers.includes(answer)) return [...problems, `expected one of ${answers.join(', ')}, found "${answer}"`]
  if (answer === 'not applicable') {
    return evidence.length < shortestReason ? [...problems, `expected a reason, found "${evidence}"`] : problems
  }
  const parts = evidence.split('<br>')
  const read = parts.map(parseEvidence)
  for (const [index, part] of read.entries()) {
    if (part === undefined) problems.push(`expected a test or a heading, found "${parts[index]}"`)
    else if (part.problem !== undefined) problems.push(part.problem)
  }
  if (!read.some((part) => part?.kind === answer)) problems.push(`expected a ${answer} as evidence, found none`)
  return problems
}

/** What is wrong with the page: nothing, if each requirement has one row whose evidence is there. */
export const problemsOfPage = (page: string): string[] => {
  const problems: string[] = []
  const seen = new Set<string>()
  let chapter: string | undefined
  for (const line of page.split('\n')) {
    chapter = /^## V(\d+): /.exec(line)?.[1] ?? chapter
    if (!/^\| *\d/.test(line)) continue
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
    const [id = ''] = cells
    if (!requirements.has(id)) problems.push(`${id}: no such requirement`)
    else if (seen.has(id)) problems.push(`${id}: twice`)
    else problems.push(...problemsOfRow(cells, chapter).map((problem) => `${id}: ${problem}`))
    seen.add(id)
  }
  for (const id of requirements.keys()) if (!seen.has(id)) problems.push(`${id}: no row`)
  return problems
}
