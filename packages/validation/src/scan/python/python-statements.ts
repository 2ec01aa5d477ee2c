/** A statement of Python: its lines joined, its texts taken out. */
export interface PythonStatement {
  /** Columns before it; a tab counts as eight, as for Python. */
  readonly indentation: number
  /** The code without comments; each text is a pair of quotes. */
  readonly code: string
  /** The texts in it, in order, with their escapes as they stand. */
  readonly texts: readonly string[]
  /** Its first line, from 1. */
  readonly line: number
}

const openers = '([{'
const closers = ')]}'

/** Where the text that begins at `at` (its quote) ends: behind its closing quote, or at the end of what there is. */
const endOfText = (
  source: string,
  at: number,
): { readonly end: number; readonly from: number; readonly to: number } => {
  const quote = source[at] ?? ''
  const isTriple = source.startsWith(quote.repeat(3), at)
  const mark = isTriple ? quote.repeat(3) : quote
  const from = at + mark.length
  for (let index = from; index < source.length; index += 1) {
    if (source[index] === '\\') index += 1
    else if (source.startsWith(mark, index)) return { end: index + mark.length, from, to: index }
    else if (!isTriple && source[index] === '\n') return { end: index, from, to: index }
  }
  return { end: source.length, from, to: source.length }
}

const indentationOf = (source: string, at: number): { readonly columns: number; readonly end: number } => {
  let columns = 0
  let end = at
  for (; source[end] === ' ' || source[end] === '\t' || source[end] === '\f'; end += 1) {
    columns = source[end] === '\t' ? columns - (columns % 8) + 8 : columns + 1
  }
  return { columns, end }
}

/** Splits source of Python into statements, as its tokenizer joins lines (The Python Language Reference, 2.1). */
export function* pythonStatements(source: string): Generator<PythonStatement> {
  let at = 0
  let line = 1
  while (at < source.length) {
    const { columns, end } = indentationOf(source, at)
    at = end
    const firstLine = line
    const texts: string[] = []
    let code = ''
    let depth = 0
    for (; at < source.length; at += 1) {
      const character = source[at] ?? ''
      if (character === '\n') {
        line += 1
        if (depth === 0) break
        code += ' '
      } else if (character === '#') {
        const newline = source.indexOf('\n', at)
        at = (newline < 0 ? source.length : newline) - 1
      } else if (character === '\\' && (source[at + 1] === '\n' || source.startsWith('\r\n', at + 1))) {
        at = source.indexOf('\n', at)
        line += 1
        code += ' '
      } else if (character === '"' || character === "'") {
        const text = endOfText(source, at)
        const value = source.slice(text.from, text.to)
        texts.push(value)
        for (const letter of value) if (letter === '\n') line += 1
        code += '""'
        at = text.end - 1
      } else {
        if (openers.includes(character)) depth += 1
        else if (closers.includes(character)) depth = Math.max(0, depth - 1)
        code += character
      }
    }
    at += 1
    if (code.trim() !== '') yield { indentation: columns, code: code.trimEnd(), texts, line: firstLine }
  }
}
