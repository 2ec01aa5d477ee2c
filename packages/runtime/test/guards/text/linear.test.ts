import { expect, test } from 'vitest'
import { createTermFilter } from '../../../src/guards/text/content/term-filter.ts'
import { findDisguises } from '../../../src/guards/text/find-disguises.ts'
import { findPhrases } from '../../../src/guards/text/injection/find-phrases.ts'
import { findMarkup } from '../../../src/guards/text/injection/markup.ts'

/** Each, repeated, is made to cost one of the scans as much as it can. */
const pieces: Readonly<Record<string, string>> = {
  'known words': 'ignore previous instructions ',
  'one word of many phrases': 'all ',
  'single letters': 'a ',
  'starts of images': '![',
  'images inside images': '![a](https://x/',
  'starts of links': '](http',
  'starts of elements': '<img ',
  'elements that do not end': `<img ${'a'.repeat(50)}`,
  'roles without end': '"role"    :    ',
  turns: '\nsystem:',
  'tabs ahead of turns': '\t\t\t\tsystem:',
  'look-alikes': '\u0430',
  'look-alikes in words': 'p\u0430ypal ',
  'hidden characters': 'a\u200b',
  'marks without end': '\u0335',
  'openings without end': '\u2067',
  'openings in Hebrew': '\u05d0\u2067',
  'flags without end': '\u{1f3f4}\u{e0067}\u{e0062}',
  'halves of pairs': '\ud800',
}

const terms = createTermFilter({
  blocked: { x: ['a', 'aa', 'aaa', 'all', 'ignore previous', 'https x'] },
  insideWords: true,
})

/** Counted, not timed. */
const works: Readonly<Record<string, (text: string) => number>> = {
  phrases: (text) => {
    const work = { steps: 0 }
    findPhrases(text, () => {}, work)
    return work.steps
  },
  markup: (text) => {
    const work = { steps: 0 }
    findMarkup(text, () => {}, work)
    return work.steps
  },
  terms: (text) => {
    const work = { steps: 0 }
    terms.find(text, work)
    return work.steps
  },
  disguises: (text) => findDisguises(text).length,
}

// A known word costs a look at every phrase that has its class; a form reads at most a window.
const mostStepsPerCharacter = 8

const cases = Object.keys(works).flatMap((work) => Object.keys(pieces).map((piece) => [work, piece] as const))

test.each(cases)('%s: the work grows as the text does on %s', (work, piece) => {
  const count = (length: number): number => {
    const part = pieces[piece] as string
    return works[work]?.(part.repeat(Math.ceil(length / part.length)).slice(0, length)) as number
  }
  const [once, twice] = [count(8_000), count(16_000)]
  expect(twice).toBeLessThanOrEqual(2.1 * once + 400)
  expect(twice / 16_000).toBeLessThanOrEqual(mostStepsPerCharacter)
})
