import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { problemsOfPage, requirements } from './support/asvs-table.ts'

const page = readFileSync(new URL('../../../docs/reference/asvs.md', import.meta.url), 'utf8')

test('the list has the 103 requirements of the five chapters', () => {
  const counts: Record<string, number> = {}
  for (const id of requirements.keys()) {
    const [chapter = ''] = id.split('.')
    counts[chapter] = (counts[chapter] ?? 0) + 1
  }
  expect(counts).toEqual({ 6: 47, 7: 19, 8: 13, 9: 7, 16: 17 })
  expect(requirements.size).toBe(103)
})

test('each of the 103 requirements has a row, with a test or a heading that is there, or a reason', () => {
  expect(problemsOfPage(page)).toEqual([])
})

test('the page counts its rows as they are', () => {
  const count = (answer: string): number => page.split(`| ${answer} |`).length - 1
  const [tested, documented, none] = [count('test'), count('document'), count('not applicable')]
  expect(tested + documented + none).toBe(103)
  const text = page.replaceAll('\n', ' ')
  expect(text).toContain(`${tested} are tested, ${documented} documented, ${none} do not apply`)
})

const change = (from: string | RegExp, to: string): string => {
  const changed = page.replace(from, to)
  expect(changed).not.toBe(page)
  return changed
}

test.each([
  ['a row that is missing', change(/^\| 7\.4\.5 .*\n/m, ''), ['7.4.5: no row']],
  ['a row that is there twice', change(/^(\| 7\.4\.5 .*\n)/m, '$1$1'), ['7.4.5: twice']],
  ['a row of no requirement', change('| 7.6.2 |', '| 7.6.3 |'), ['7.6.3: no such requirement', '7.6.2: no row']],
  ['another level', change('| 6.5.6 | 3 |', '| 6.5.6 | 2 |'), ['6.5.6: expected level 3, found 2']],
  [
    'a row in another chapter',
    change('## V8: Authorization', '## V88: Authorization'),
    expect.arrayContaining(['8.1.1: it stands in chapter 88']),
  ],
  [
    'a title that no test has',
    change('a user sees the own sessions', 'a user sees all sessions'),
    [expect.stringMatching(/^7\.5\.2: .* has no test “a user sees all sessions/)],
  ],
  [
    'a file that is not there',
    change('test/asvs/sessions.test.ts) “a user', 'test/asvs/session.test.ts) “a user'),
    [expect.stringMatching(/^7\.5\.2: there is no file /)],
  ],
  [
    'a heading that is not there',
    change(/^(\| 7\.1\.1 .*)\[Sessions\]/m, '$1[Session]'),
    [expect.stringMatching(/^7\.1\.1: .* has no heading “Session”/)],
  ],
  [
    'an anchor of another heading',
    change(/^(\| 7\.1\.1 .*)#sessions\)/m, '$1#the-ways-in)'),
    [expect.stringMatching(/^7\.1\.1: /)],
  ],
  [
    'a document where a test is promised',
    change(/^(\| 7\.1\.1 .*)\| document \|/m, '$1| test |'),
    ['7.1.1: expected a test as evidence, found none'],
  ],
  [
    'evidence that is only said',
    change(/“two thousand tokens are.*?”/, 'as tested'),
    [expect.stringMatching(/^7\.2\.3: expected a test or a heading/)],
  ],
  ['an empty cell', change(/^(\| 7\.4\.4 .*not applicable \|).*?\|/m, '$1 |'), ['7.4.4: expected a reason, found ""']],
  [
    'a word instead of a reason',
    change(/^(\| 7\.4\.4 .*not applicable \|).*?\|/m, '$1 No pages. |'),
    ['7.4.4: expected a reason, found "No pages."'],
  ],
  [
    'another answer',
    change(/^(\| 7\.4\.4 .*)not applicable/m, '$1yes'),
    [expect.stringMatching(/^7\.4\.4: expected one of /)],
  ],
  [
    'what is asked left out',
    change(/^\| 7\.4\.4 \| 2 \|.*?\|/m, '| 7.4.4 | 2 | |'),
    ['7.4.4: it does not say what is asked'],
  ],
  ['a column too many', change(/^(\| 7\.4\.4 .*)/m, '$1 more |'), ['7.4.4: expected 6 columns, found 7']],
])('%s is found', (_, changed, problems) => {
  expect(problemsOfPage(changed)).toEqual(problems)
})
