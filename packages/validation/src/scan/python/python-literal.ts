/** A value that `ast.literal_eval` of Python makes of a text. */
export type PythonLiteral =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'constant'; readonly value: boolean | undefined }
  | { readonly kind: 'tuple' | 'list'; readonly items: readonly PythonLiteral[] }
  | { readonly kind: 'dictionary'; readonly entries: readonly (readonly [PythonLiteral, PythonLiteral])[] }

/** What was found instead of a literal. */
export interface LiteralFailure {
  readonly at: number
  readonly found: string
  /** Whether a Python that evaluates the text, as very old numpy did, would compute something. */
  readonly isCode: boolean
}

class NoLiteral extends Error {
  readonly failure: LiteralFailure
  constructor(failure: LiteralFailure) {
    super(failure.found)
    this.failure = failure
  }
}

/** Brackets inside one another; numpy's nested dtypes need a handful (CWE-674). */
const maximumDepth = 32

/** Digits of an integer; 2^64 has 20 and converting a million takes quadratic time (CWE-1333, CVE-2020-10735). */
const maximumDigits = 20

/** Python 2 wrote `3L`. */
const integer = new RegExp(`-?\\d{1,${maximumDigits}}(?![\\w.])|-?\\d{1,${maximumDigits}}(?=L\\W)`, 'y')

/** Space, tab, line feed, form feed, carriage return. */
const spaces: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0c, 0x0d])

const simpleEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
}
const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/**
 * Parses one Python literal: texts, integers, `True`, `False`, `None`, tuples, lists and dictionaries, nothing that computes.
 *
 * @param source all of it must be the literal and white space.
 */
export const parsePythonLiteral = (source: string): PythonLiteral | LiteralFailure => {
  let at = 0
  const fail = (): never => {
    const rest = source.slice(at, at + 40)
    // A name, or an operator after a value, is what makes an expression of a literal.
    const isCode = /^[A-Za-z_(.[+\-*/%@&|^~<>=!]/.test(rest)
    throw new NoLiteral({ at, found: rest === '' ? 'the end' : rest, isCode })
  }
  const skipSpace = (): void => {
    while (spaces.has(source.charCodeAt(at))) at += 1
  }
  const next = (): string => {
    skipSpace()
    return source[at] ?? ''
  }
  const expectMark = (mark: string): void => {
    if (next() !== mark) fail()
    at += 1
  }

  const parseText = (): PythonLiteral => {
    const quote = source[at] ?? ''
    at += 1
    let value = ''
    for (;;) {
      const character = source[at] ?? fail()
      at += 1
      if (character === quote) return { kind: 'text', value }
      if (character === '\n') fail()
      if (character !== '\\') {
        value += character
        continue
      }
      const mark = source[at] ?? ''
      const length = hexLengths[mark]
      const simple = simpleEscapes[mark]
      if (simple !== undefined) value += simple
      else if (length !== undefined) {
        const digits = source.slice(at + 1, at + 1 + length)
        const code = /^[0-9a-fA-F]+$/.test(digits) && digits.length === length ? Number.parseInt(digits, 16) : fail()
        value += code <= 0x10ffff ? String.fromCodePoint(code) : fail()
        at += length
      } else fail()
      at += 1
    }
  }

  const parseItems = (close: string, depth: number): { items: PythonLiteral[]; hasComma: boolean } => {
    const items: PythonLiteral[] = []
    let hasComma = false
    at += 1
    while (next() !== close) {
      items.push(parseValue(depth + 1))
      if (next() === close) break
      expectMark(',')
      hasComma = true
    }
    at += 1
    return { items, hasComma }
  }

  const parseDictionary = (depth: number): PythonLiteral => {
    const entries: [PythonLiteral, PythonLiteral][] = []
    at += 1
    while (next() !== '}') {
      const key = parseValue(depth + 1)
      expectMark(':')
      entries.push([key, parseValue(depth + 1)])
      if (next() === '}') break
      expectMark(',')
    }
    at += 1
    return { kind: 'dictionary', entries }
  }

  const parseValue = (depth: number): PythonLiteral => {
    const first = next()
    if (depth > maximumDepth) throw new NoLiteral({ at, found: 'too many brackets inside one another', isCode: false })
    if (first === "'" || first === '"') return parseText()
    if (first === '{') return parseDictionary(depth)
    if (first === '[') return { kind: 'list', items: parseItems(']', depth).items }
    if (first === '(') {
      const { items, hasComma } = parseItems(')', depth)
      const [only] = items
      return only !== undefined && items.length === 1 && !hasComma ? only : { kind: 'tuple', items }
    }
    // Python 2 wrote `3L` and u'text'.
    integer.lastIndex = at
    const digits = integer.exec(source)?.[0]
    if (digits !== undefined) {
      at += digits.length
      if (source[at] === 'L') at += 1
      return { kind: 'integer', value: BigInt(digits) }
    }
    if (/[uUbB]/.test(first) && /['"]/.test(source[at + 1] ?? '')) {
      at += 1
      return parseText()
    }
    for (const [word, value] of [
      ['True', true],
      ['False', false],
      ['None', undefined],
    ] as const) {
      if (!source.startsWith(word, at) || /\w/.test(source[at + word.length] ?? '')) continue
      at += word.length
      return { kind: 'constant', value }
    }
    return fail()
  }

  try {
    const value = parseValue(0)
    skipSpace()
    return at === source.length ? value : fail()
  } catch (error) {
    if (error instanceof NoLiteral) return error.failure
    throw error
  }
}
