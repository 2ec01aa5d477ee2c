// Where characters that can deceive stand for what they were made for.

const joiningScript =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Adlam}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Balinese}\p{Script=Javanese}\p{Script=Tibetan}\p{Script=Grantha}]/u
const pictograph = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]|\u20E3/u
const emoji = /[\p{Emoji}\p{Extended_Pictographic}]/u
const ideograph = /\p{Script=Han}/u
const styled = /[\p{L}\p{S}\p{N}\p{P}]/u
const rightToLeft =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}]/u

const trait = { joins: 1, pictograph: 2, emoji: 4, ideograph: 8, styled: 16 } as const

const known = new Map<number, number>()
const largestCache = 65_536

/** What a character allows beside it: bits of `trait`. Remembered, as regular expressions with properties are slow. */
const traitsOf = (code: number): number => {
  if (code < 0) return 0
  const remembered = known.get(code)
  if (remembered !== undefined) return remembered
  const character = String.fromCodePoint(code)
  const traits =
    (joiningScript.test(character) ? trait.joins : 0) |
    (pictograph.test(character) ? trait.pictograph : 0) |
    (emoji.test(character) ? trait.emoji : 0) |
    (ideograph.test(character) ? trait.ideograph : 0) |
    (styled.test(character) ? trait.styled : 0)
  if (known.size < largestCache) known.set(code, traits)
  return traits
}

const has = (code: number, wanted: number): boolean => (traitsOf(code) & wanted) !== 0

const zeroWidthJoiner = 0x200d

/**
 * Whether a joiner joins: two pictographs of one emoji, or letters of a script that is written so (Persian, Indic, Khmer).
 *
 * @param before the character before, without variation selectors. -1: none.
 * @param after the character after. -1: none.
 */
export const isJoining = (joiner: number, before: number, after: number): boolean => {
  if (has(before, trait.joins)) return true
  return joiner === zeroWidthJoiner && has(before, trait.pictograph) && has(after, trait.emoji)
}

const textStyle = 0xfe0e
const emojiStyle = 0xfe0f

/** Whether a selector chooses a form of the character before it. Two in a row, or one after plain ASCII, choose nothing. */
export const isSelecting = (selector: number, before: number): boolean => {
  if (before < 0) return false
  if (selector === textStyle || selector === emojiStyle) return has(before, trait.emoji)
  if (selector > emojiStyle) return has(before, trait.ideograph)
  return before >= 0x80 && has(before, trait.styled)
}

/** Whether a text has letters that are written from right to left, which direction marks exist for. */
export const hasRightToLeft = (text: string): boolean => rightToLeft.test(text)

const isBraille = (code: number): boolean => code > 0x2800 && code <= 0x28ff
const isJamo = (code: number): boolean => code >= 0x1100 && code <= 0x11ff

/** Whether a blank is one of its script: an empty cell between Braille, a filler beside a conjoining Jamo. */
export const isFilling = (filler: number, before: number, after: number): boolean => {
  if (filler === 0x2800) return isBraille(before) || isBraille(after)
  if (filler === 0x115f || filler === 0x1160) return isJamo(before) || isJamo(after)
  return false
}

const flag = 0x1f3f4
const cancelTag = 0xe007f
// A region and its subdivision: "gbeng" has five letters.
const longestSubdivision = 6

/** The offset after the tags of a flag of a region (🏴 and a subdivision, UTS #51), or -1 when the tags at `at` are none. */
export const flagEnd = (text: string, at: number, before: number): number => {
  if (before !== flag) return -1
  let end = at
  for (let count = 0; count <= longestSubdivision; count += 1, end += 2) {
    const code = text.codePointAt(end) ?? 0
    if (code === cancelTag) return count >= 3 ? end + 2 : -1
    if (!((code >= 0xe0061 && code <= 0xe007a) || (code >= 0xe0030 && code <= 0xe0039))) return -1
  }
  return -1
}
