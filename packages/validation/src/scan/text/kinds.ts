/** A heading, perhaps after front matter. */
export const opensLikeMarkdown = (opening: string): boolean => {
  const body = opening.startsWith('---') ? opening.slice(Math.max(0, opening.indexOf('\n---', 3) + 4)) : opening
  return /^\s{0,40}(?:<!--[^>]{0,400}-->\s{0,40})?(?:#{1,6} \S|<(?:p|h1|div|center|br|img|a)[ >][\s\S]{0,2000}?\n#{1,6} )/.test(
    body.slice(0, 3000),
  )
}

const linesOf = (opening: string, count: number): readonly string[] => {
  const lines = opening.split('\n', count + 1)
  // The head ends anywhere in its last line.
  return (lines.length > 1 ? lines.slice(0, -1) : lines).map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
}

/** The `merges.txt` of GPT-2 and its kin. */
export const isMerges = (opening: string): boolean => /^#version: \d/.test(opening)

const specialToken =
  /^(?:\[(?:PAD|UNK|CLS|SEP|MASK)\]|<(?:pad|unk|s|\/s|mask|blank|eos|bos)>|<\|endoftext\|>|##\w+)(?:\t-?[\d.e-]+)?$/i

/** Tokens, one a line, with the special ones first; SentencePiece puts a score beside each. */
export const isVocabulary = (opening: string): boolean => {
  const lines = linesOf(opening, 40)
  return (
    lines.length >= 3 &&
    lines.slice(0, 8).some((line) => specialToken.test(line)) &&
    lines.every((line) => /^\S{0,200}(?:[\t ]-?[\d.e-]{1,24})?$/.test(line))
  )
}

const requirement =
  /^(?:-[rce] ?\S{1,400}|--[a-z-]{1,40}(?:[ =]\S{1,400})?|[A-Za-z0-9][\w.-]{0,100}(?:\[[\w,. -]{0,100}\])? {0,8}(?:@ \S{1,400}|(?:[=<>!~]=?=? {0,4}[\w.*+!-]{1,60}(?:, {0,4})?){1,6})?(?: {0,8};[^\n]{1,400})?)(?: {1,8}(?:#.{0,400}|\\|--hash=\S{1,200}))?$/

/** `requirements.txt`: every line names a package, and some say which version or where from. */
export const isRequirements = (opening: string): boolean => {
  const lines = linesOf(opening, 40)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  return (
    lines.length > 0 &&
    lines.every((line) => requirement.test(line) || line.startsWith('git+') || /^https?:\/\/\S+$/.test(line)) &&
    lines.some((line) => /[=<>~]=|^-|@ |git\+/.test(line))
  )
}

const cellsOf = (line: string, delimiter: string): number => {
  let cells = 1
  let isQuoted = false
  for (const character of line) {
    if (character === '"') isQuoted = !isQuoted
    else if (character === delimiter && !isQuoted) cells += 1
  }
  return cells
}

/** Comma, tab or semicolon separated values: every line has as many as the first. */
export const isDelimited = (opening: string): boolean => {
  const lines = linesOf(opening, 12).filter((line) => line !== '')
  if (lines.length < 2) return false
  return [',', '\t', ';'].some((delimiter) => {
    const cells = cellsOf(lines[0] ?? '', delimiter)
    return cells > 1 && (cells > 2 || lines.length > 2) && lines.every((line) => cellsOf(line, delimiter) === cells)
  })
}
