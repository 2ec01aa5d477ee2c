import { decodeString } from './python-string.ts'

/** A word, text, number or mark inside `{{ }}` or `{% %}`. */
export interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'mark'
  /** As it stands in the template; of a string what Python reads between its quotes. */
  readonly source: string
}

/** What stands between `{{ }}` or `{% %}`. */
export interface Region {
  readonly kind: 'statement' | 'expression'
  readonly tokens: readonly Token[]
}

/** A template, split as Jinja splits it. */
export interface Lexed {
  readonly regions: readonly Region[]
  /** The template with its strings written anew, so that only escapes which every parser knows are left in them. */
  readonly plain: string
  /** Brackets inside one another at most. */
  readonly depth: number
  /** Whether a string spells letters by escapes. */
  readonly isDisguised: boolean
  /** What Jinja would refuse. */
  readonly problem?: string
}

const token = /\s+|([\p{L}_][\p{L}\p{N}\p{M}_]*)|(\d\w*(?:\.\d\w*)?)/uy
/** One token for each mark: a hostile text has ten million of them. */
const marks: ReadonlyMap<string, Token> = new Map(
  [...'+-*/%~[](){}=<>!.:|,;'].map((source) => [source, { kind: 'mark', source }]),
)
const opening = /\{[{%#]/g
const closings = { '{{': '}}', '{%': '%}' } as const
const endOfRaw = /\{%[-+]?\s*endraw\s*[-+]?%\}/g

const endOfString = (template: string, start: number): number => {
  const quote = template[start]
  for (let at = start + 1; at < template.length; at += 1) {
    if (template[at] === '\\') at += 1
    else if (template[at] === quote) return at
  }
  return -1
}

const writeString = (value: string): string => `'${value.replace(/[\\']/g, '\\$&')}'`

/** The tokens of a template. It goes on behind what it does not understand, as far as the next region is clear. */
export const lexTemplate = (template: string): Lexed => {
  const regions: Region[] = []
  let depth = 0
  let isDisguised = false
  let problem: string | undefined
  let at = 0
  let plain = ''
  let written = 0
  const finish = (found = problem): Lexed => {
    const lexed = { regions, plain: plain + template.slice(written), depth, isDisguised }
    return found === undefined ? lexed : { ...lexed, problem: found }
  }

  /** Reads up to the end of a region; answers whether there is one. */
  const readRegion = (closing: string, tokens: Token[]): boolean => {
    let open = 0
    while (at < template.length) {
      if (open <= 0 && template.startsWith(closing, at)) {
        at += closing.length
        return true
      }
      const start = at
      const mark = template[at]
      if (mark === '"' || mark === "'") {
        at = endOfString(template, start) + 1
        if (at === 0) return false
        const { value, isDisguised: isSpelled } = decodeString(template.slice(start + 1, at - 1))
        tokens.push({ kind: 'string', source: value })
        isDisguised ||= isSpelled
        plain += template.slice(written, start) + writeString(value)
        written = at
        continue
      }
      const sign = marks.get(mark ?? '')
      if (sign !== undefined) {
        at += 1
        tokens.push(sign)
        if (mark === '(' || mark === '[' || mark === '{') open += 1
        else if (mark === ')' || mark === ']' || mark === '}') open -= 1
        depth = Math.max(depth, open)
        continue
      }
      token.lastIndex = at
      const match = token.exec(template)
      if (match === null) {
        problem ??= `the character ${JSON.stringify(mark)} between marks of Jinja`
        at += 1
        continue
      }
      at = token.lastIndex
      const [, name, number] = match
      if (name !== undefined) tokens.push({ kind: 'name', source: name })
      if (number !== undefined) tokens.push({ kind: 'number', source: number })
    }
    return false
  }

  for (;;) {
    opening.lastIndex = at
    const match = opening.exec(template)
    if (match === null) break
    const [mark] = match
    at = opening.lastIndex
    if (mark === '{#') {
      const end = template.indexOf('#}', at)
      if (end < 0) return finish('a comment without an end')
      at = end + 2
      continue
    }
    if (template[at] === '-' || template[at] === '+') at += 1
    const tokens: Token[] = []
    const kind = mark === '{%' ? 'statement' : 'expression'
    regions.push({ kind, tokens })
    if (!readRegion(closings[mark as keyof typeof closings], tokens)) return finish(`${mark} without an end`)
    const last = tokens.at(-1)
    if (last?.kind === 'mark' && (last.source === '-' || last.source === '+')) tokens.pop()
    if (kind === 'statement' && tokens.length === 1 && tokens[0]?.source === 'raw') {
      endOfRaw.lastIndex = at
      if (endOfRaw.exec(template) === null) return finish('{% raw %} without an end')
      at = endOfRaw.lastIndex
    }
  }
  return finish()
}
