import type { FindExamples } from '../configuration/python-tags.ts'
import { readYaml } from '../configuration/yaml-reader.ts'

/** Longer documents of Markdown are not read as YAML as well (CWE-400). */
const maximumLength = 1 << 17

const fencedBlock = /^(```|~~~)[\s\S]*?^\1/gm

/** The end or the beginning of a document: what follows is read for itself, whatever stands before it. */
const documentMarker = /^(?:---|\.\.\.)(?:\s|$)/m

/** A quoted text or a list in brackets that goes on in the next line. In it YAML takes a fence for text. */
const openAtLineEnd = /(?:^|[:?,[{-])[ \t]*(?:"[^"\n]*|'[^'\n]*|\[[^\]\n]*|\{[^}\n]*)$/m

/** Prose and its examples have shorter lines; the search above takes quadratic time in a longer one (CWE-1333). */
const longLine = /^.{1000}/m

/**
 * A tag before a word: the value is a text, which no loader takes for these kinds. PyYAML looks at the value before it
 * imports the name; `object` alone does not, and is not among them.
 */
const beforeWord = /!\S{0,200}python\/(?:object\/(?:apply|new)|name|module):\S{1,200}[ \t]+[A-Za-z]/y

/** The line up to a tag that a code span opens: no value of YAML begins with a backtick. */
const openedSpan = /^[ \t]*(?:[*+-][ \t]+|\d+[.)][ \t]+)?`(?:[\w .-]*:)?[ \t]*$/

/** The longest line up to a tag that is looked at. */
const maximumOpening = 200

const isInSpan = (text: string, offset: number): boolean => {
  const start = text.lastIndexOf('\n', offset) + 1
  if (offset - start > maximumOpening || !openedSpan.test(text.slice(start, offset))) return false
  // Inside a list in brackets a line may begin with a backtick, as a part of a text that goes on.
  return !/[[{]/.test(text.slice(0, start))
}

const isBeforeWord = (text: string, offset: number): boolean => {
  beforeWord.lastIndex = offset
  return beforeWord.test(text)
}

/** Fenced blocks of a document that is no YAML itself, each without the marks of a document of its own. */
const findFences = (text: string): readonly (readonly [start: number, end: number])[] => {
  const isYaml =
    text.length > maximumLength ||
    longLine.test(text) ||
    openAtLineEnd.test(text.replace(fencedBlock, '')) ||
    readYaml(text).error === undefined
  if (isYaml) return []
  return [...text.matchAll(fencedBlock)]
    .filter(({ 0: block }) => !documentMarker.test(block))
    .map(({ 0: block, index }) => [index, index + block.length] as const)
}

/**
 * Finds the tags of Python that prose only shows: before a word, in a code span that opens a line, and in fenced blocks of
 * a document that is no YAML itself. YAML takes no line that begins with a fence, unless a text or a list is open before
 * it.
 *
 * @returns whether a place is in an example.
 */
export const findExamples: FindExamples = (text, isFirst) => {
  let fences: ReturnType<typeof findFences> | undefined
  return (offset) => {
    if (isBeforeWord(text, offset)) return true
    if (!isFirst) return false
    if (text.length <= maximumLength && isInSpan(text, offset)) return true
    fences ??= findFences(text)
    return fences.some(([start, end]) => start < offset && offset < end)
  }
}
