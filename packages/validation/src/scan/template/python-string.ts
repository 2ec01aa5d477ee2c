/** An escape of Python: of a line's end, by number, by name, or of a single character. */
const pythonEscape =
  /\\(?:(\n)|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|N\{([^}]{0,64})\}|([\s\S]))/g

const single: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\u0007',
  "'": "'",
  '"': '"',
  '\\': '\\',
}

const highestCode = 0x10ffff

/** A text as Python reads what stands between its quotes, and whether escapes spell letters, digits or underscores. */
export const decodeString = (source: string): { readonly value: string; readonly isDisguised: boolean } => {
  if (!source.includes('\\')) return { value: source, isDisguised: false }
  let isDisguised = false
  const decode = (
    match: string,
    line: string | undefined,
    byte: string | undefined,
    short: string | undefined,
    long: string | undefined,
    octal: string | undefined,
    name: string | undefined,
    character: string | undefined,
  ): string => {
    if (line !== undefined) return ''
    if (character !== undefined) return single[character] ?? match
    if (name !== undefined) {
      isDisguised ||= /^(?:LATIN|LOW LINE|DIGIT)/i.test(name)
      return '\uFFFD'
    }
    const code = octal === undefined ? Number.parseInt(byte ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8)
    if (code > highestCode) return match
    const decoded = String.fromCodePoint(code)
    isDisguised ||= /^\w$/.test(decoded)
    return decoded
  }
  return { value: source.replace(pythonEscape, decode), isDisguised }
}
