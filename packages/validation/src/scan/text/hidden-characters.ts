import { dataPlaces, everyPlace, excerpt, type Indicator } from './indicator.ts'
import { textRules } from './rules.ts'

const codePoints = ([found]: RegExpExecArray): string =>
  [...found.slice(0, 16)]
    .map((character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`)
    .join(' ')

const closers = new Map([
  ['\u202A', '\u202C'],
  ['\u202B', '\u202C'],
  ['\u202D', '\u202C'],
  ['\u202E', '\u202C'],
  ['\u2066', '\u2069'],
  ['\u2067', '\u2069'],
  ['\u2068', '\u2069'],
])

/**
 * An override turns Latin letters around, which no language needs; an embedding or isolate that is not closed on its line
 * is what Trojan Source is made of, while right-to-left prose closes what it opens.
 */
const isDeceptive = ([line]: RegExpExecArray): boolean => {
  const override = line.search(/[\u202D\u202E]/)
  if (override >= 0 && /[A-Za-z]/.test(line.slice(override))) return true
  const open: string[] = []
  for (const character of line) {
    const closer = closers.get(character)
    if (closer !== undefined) open.push(closer)
    else if (character === open.at(-1)) open.pop()
  }
  // A vocabulary lists the characters themselves, one a line.
  return open.length > 0 && /[A-Za-z]{3}/.test(line)
}

/** The ASCII that tag characters spell (Unicode 16, section 23.9). */
const tagged = ([found]: RegExpExecArray): string =>
  excerpt(
    [...found].map((character) => String.fromCharCode(((character.codePointAt(0) ?? 0) - 0xe0000) & 0x7f)).join(''),
  )

/** A space of its own, so that a real sentence is found and one variation selector after an emoji is not. */
const shortestPayload = 12

/** Characters that nobody sees. */
export const hiddenCharacterIndicators: readonly Indicator[] = [
  {
    rule: textRules['bidirectional-control'],
    places: everyPlace,
    // From the first control to the end of its line, in windows, so that a long line is walked once.
    pattern: /[\u202A\u202B\u202D\u202E\u2066-\u2068][^\n]{0,2000}/g,
    what: 'bidirectional controls that reorder what stands beside them',
    isMeant: isDeceptive,
    shown: ([found]) => excerpt(found.replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, '\uFFFD')),
  },
  {
    rule: textRules['tag-characters'],
    places: everyPlace,
    // Flags of England, Scotland and Wales are a black flag and tags: five or six of them.
    pattern: /(?<!\u{1F3F4}|[\u{E0000}-\u{E007F}])[\u{E0020}-\u{E007F}]{3,}/gu,
    what: 'a text in tag characters',
    shown: tagged,
  },
  {
    rule: textRules['invisible-payload'],
    places: everyPlace,
    pattern: new RegExp(
      `[\\u200B-\\u200D\\u2060-\\u2064\\uFEFF\\u180E]{${shortestPayload},}|(?:[\\uFE00-\\uFE0F]|[\\u{E0100}-\\u{E01EF}]){${shortestPayload},}`,
      'gu',
    ),
    what: 'a run of invisible characters',
    // The joiners of one kind pad text on web pages; a code needs two kinds of sign.
    isMeant: ([found]) => new Set(found).size > 1,
    shown: codePoints,
  },
  {
    rule: textRules['terminal-escape'],
    places: everyPlace,
    // CSI other than colours (SGR, "m"), OSC, DCS; ECMA-48.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for.
    pattern: /(?:\u001B\[|\u009B)[0-?]{0,32}[ -/]{0,4}[@-ln-~]|\u001B[\]PX^_]/g,
    what: 'an escape sequence that is no colour',
    shown: ([found]) => JSON.stringify(found),
  },
  {
    rule: textRules['prompt-injection'],
    places: dataPlaces,
    pattern:
      /\b(?:ignore|disregard|forget|override)[ \t]{1,4}(?:all[ \t]{1,4}|any[ \t]{1,4}|the[ \t]{1,4}|your[ \t]{1,4}){0,3}(?:previous|prior|above|earlier|preceding|system)[ \t]{1,4}(?:instruction|prompt|message|rule|direction)s?\b/gi,
    what: 'an order to drop earlier instructions',
    shown: ([found]) => excerpt(found),
  },
]
