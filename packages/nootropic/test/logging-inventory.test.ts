import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const packages = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(new URL('../../../docs/explanation/access.md', import.meta.url), 'utf8')

/** Every source file, without the lines of its comments. */
const sources: ReadonlyMap<string, string> = new Map(
  readdirSync(packages).flatMap((name) =>
    readdirSync(`${packages}${name}/src`, { recursive: true })
      .map((path) => `${name}/src/${path}`)
      // Names of settings look like names of actions.
      .filter((path) => path.endsWith('.ts') && path !== 'nootropic/src/enforcement.ts')
      .map((path) => {
        const lines = readFileSync(packages + path, 'utf8').split('\n')
        return [path, lines.filter((line) => !/^\s*(\*|\/)/.test(line)).join('\n')] as const
      }),
  ),
)

/** The actions that the page lists: what stands in the first column below its heading. */
const listed = (text: string): Set<string> => {
  const [, section = ''] = text.split('### Actions in the audit log\n')
  const [table = ''] = section.split('\n## ')
  const cells = table.split('\n').flatMap((line) => /^\| (`[^|]+) \|/.exec(line)?.[1] ?? [])
  return new Set(cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, action = '']) => action)))
}
const actions = listed(page)

/** The argument of a call that a helper takes as the action: `const refuse = async (subject: Owner, action: string` the second. */
const helperCalls = (source: string): string[] => {
  const helpers = source.matchAll(/\bconst (\w+) =\s*(?:async )?(?:<\w+>)?\(([^()]*?)\baction: string/g)
  return [...helpers].flatMap(([, name = '', before = '']) => {
    const place = before.split(',').length - 1
    const calls = source.matchAll(new RegExp(`\\b${name}\\(([^()]*)`, 'g'))
    return [...calls].flatMap(([, given = '']) => /^\s*'([^']+)'/.exec(given.split(',')[place] ?? '')?.[1] ?? [])
  })
}

/**
 * The actions that a file writes down, as far as its text tells: the literals of a member or a constant, those that are handed to a
 * helper, and whatever begins as a listed action does (`session.…`).
 */
const writtenIn = (source: string): string[] => {
  if (!/audit/i.test(source)) return []
  const prefixes = new Set([...actions].flatMap((action) => (action.includes('.') ? action.split('.')[0] : [])))
  const literals = (pattern: RegExp): string[] =>
    [...source.matchAll(pattern)].flatMap(([, found = '']) =>
      [...found.matchAll(/'([^']+)'/g)].map(([, literal = '']) => literal),
    )
  return [
    ...literals(/\baction\??:((?:\s*\|?\s*'[^']+')+)/g),
    ...literals(/\bconst \w*[aA]ction = ('[^']+')/g),
    ...literals(/('[a-z-]+\.[a-z-]+')/g).filter((literal) => prefixes.has(literal.split('.')[0] ?? '')),
    ...helperCalls(source),
  ]
}

/** What a file writes down as an action that is no literal and no constant of a literal. */
const computedIn = (source: string): string[] =>
  /audit/i.test(source)
    ? [...source.matchAll(/\baction: (?!string\b|AccessRequest|z\.|['{|])([^,}\n]*[^,}\s])/g)]
        .map(([, expression = '']) => expression)
        .filter((expression) => !/^\w*Action$/.test(expression))
    : []

test('every action that is written down is listed, and what is listed is written', () => {
  const written = [...sources].flatMap(([path, source]) => writtenIn(source).map((action) => ({ path, action })))
  expect(written.filter(({ action }) => !actions.has(action))).toEqual([])
  const all = [...sources.values()].join('\n')
  // Events are written under their type, without what all types begin with.
  const beginnings = ['', 'ai.nootropic.', 'ai.nootropic.access.']
  const isWritten = (action: string): boolean => beginnings.some((beginning) => all.includes(`'${beginning}${action}'`))
  expect([...actions].filter((action) => !isWritten(action))).toEqual([])
  expect(actions.size).toBeGreaterThan(30)
})

test('an action that is put together is one of those that are known', () => {
  const known = [
    // What a host guards is its own; what a caller may ask for is in the rules.
    'access/src/guard/gate.ts',
    // The types of events.
    'nootropic/src/watch/access-watch.ts',
    'nootropic/src/audit/security-events.ts',
    // What changed: created, rotated or revoked.
    'access/src/credentials/key-audit.ts',
  ]
  const computed = [...sources].flatMap(([path, source]) => computedIn(source).map((action) => ({ path, action })))
  expect(computed.filter(({ path }) => !known.includes(path))).toEqual([])
})

test('an action that nobody listed is found, in each of the ways in which one is written', () => {
  const audit = 'await audit.append({ category: "access",'
  expect(writtenIn(`${audit} action: 'paint' })`)).toEqual(['paint'])
  expect(writtenIn(`${audit} ...entry })\nconst change = (action: 'paint' | 'print') => {}`)).toEqual([
    'paint',
    'print',
  ])
  const helper = 'const entryOf = (model: string, action: string) => ({ action })'
  expect(writtenIn(`${helper}\n${audit} ...entryOf('digits', 'paint') })`)).toEqual(['paint'])
  expect(writtenIn(`const paintAction = 'paint'\n${audit} action: paintAction })`)).toEqual(['paint'])
  expect(computedIn(`${audit} action: paint(model) })`)).toEqual(['paint(model)'])
  expect(writtenIn(`await audit(subject, 'mfa.paint', 'x')`)).toEqual(['mfa.paint'])
  expect([
    ...listed('### Actions in the audit log\n\n| `a`, `b.c` | x |\n| `d` | `e` |\n\n## Next\n| `f` |\n'),
  ]).toEqual(['a', 'b.c', 'd'])
})

test('whoever and whatever an entry names is named by entityText, so that no two have one name', () => {
  const byHand = /\$\{(\w+\.)?type\}:\$\{(\w+\.)?id\}/
  expect([...sources].flatMap(([path, source]) => (byHand.test(source) ? [path] : []))).toEqual([])
})

test('nothing is logged past the log: no library writes to the console or to a log of its own', () => {
  const ways = /\bconsole\.|process\.(stdout|stderr)\b|\bappendFile|createWriteStream|emitWarning|openlog\b/
  const found = [...sources].flatMap(([path, source]) => (ways.test(source) ? [path] : []))
  expect(found.toSorted()).toEqual([
    // The command, warnings of the process, and the answer of a helper process to the one that started it.
    'nootropic/src/main.ts',
    'nootropic/src/open.ts',
    'runtime/src/sandbox/worker-files.ts',
  ])
})
