import { readYaml } from '../configuration/yaml-reader.ts'

/** Longer documents of Markdown are not read as YAML as well (CWE-400). */
const maximumLength = 1 << 17

const fencedBlock = /^```[\s\S]*?^```/gm

/** A quoted text or a list in brackets that goes on in the next line. In it YAML takes a fence for text. */
const openAtLineEnd = /(?:^|[:?,[{-])[ \t]*(?:"[^"\n]*|'[^'\n]*|\[[^\]\n]*|\{[^}\n]*)$/m

/** Prose and its examples have shorter lines; the search above takes quadratic time in a longer one (CWE-1333). */
const longLine = /^.{1000}/m

/**
 * Finds what Markdown only shows: fenced blocks of a document that is no YAML itself. YAML takes no line that begins with
 * a backtick, unless a quoted text or a list is open before it.
 *
 * @returns whether a place is in an example.
 */
export const findExamples = (text: string): ((offset: number) => boolean) => {
  const isYaml =
    text.length > maximumLength ||
    longLine.test(text) ||
    openAtLineEnd.test(text.replace(fencedBlock, '')) ||
    readYaml(text).error === undefined
  if (isYaml) return () => false
  const blocks = [...text.matchAll(fencedBlock)].map(({ 0: block, index }) => [index, index + block.length] as const)
  return (offset) => blocks.some(([start, end]) => start < offset && offset < end)
}
