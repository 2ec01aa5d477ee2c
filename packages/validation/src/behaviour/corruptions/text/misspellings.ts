import type { SeededRandom } from '@nootropic/core'

/** Rows of a keyboard: what lies beside a key is hit instead of it. */
const keyboard = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm']

const beside = new Map<string, readonly string[]>(
  keyboard.flatMap((row) =>
    [...row].map(
      (key, place) => [key, [row[place - 1], row[place + 1]].filter((other) => other !== undefined)] as const,
    ),
  ),
)

/** Latin letters and the Cyrillic or Greek ones that most fonts draw alike (Unicode Technical Standard 39). */
const homoglyphs = new Map(
  Object.entries({
    a: 'а',
    c: 'с',
    e: 'е',
    i: 'і',
    j: 'ј',
    o: 'о',
    p: 'р',
    s: 'ѕ',
    x: 'х',
    y: 'у',
    A: 'А',
    B: 'В',
    C: 'С',
    E: 'Е',
    H: 'Н',
    I: 'І',
    K: 'К',
    M: 'М',
    O: 'О',
    P: 'Р',
    T: 'Т',
    X: 'Х',
    Z: 'Ζ',
  }),
)

/** Changes a share of the characters. Characters are code points: none is ever cut in two. */
const changeCharacters = (
  text: string,
  share: number,
  random: SeededRandom,
  change: (character: string) => string | undefined,
): string =>
  [...text].map((character) => (random.uniform() < share ? (change(character) ?? character) : character)).join('')

/** Characters that are lost, doubled, or hit beside. */
export const mistype = (text: string, share: number, random: SeededRandom): string =>
  changeCharacters(text, share, random, (character) => {
    const kind = random.integer(3)
    if (kind === 0) return ''
    const others = beside.get(character.toLowerCase()) ?? []
    const other = others[random.integer(Math.max(1, others.length))]
    if (kind === 1 || other === undefined) return character + character
    return character === character.toLowerCase() ? other : other.toUpperCase()
  })

/** Letters in the other case, where they have one. */
export const swapCase = (text: string, share: number, random: SeededRandom): string =>
  changeCharacters(text, share, random, (character) => {
    const upper = character.toUpperCase()
    return character === upper ? character.toLowerCase() : upper
  })

/** Letters of another script that look the same. */
export const swapHomoglyphs = (text: string, share: number, random: SeededRandom): string =>
  changeCharacters(text, share, random, (character) => homoglyphs.get(character))

/** Spaces that are lost, and others between letters. */
export const swapSpaces = (text: string, share: number, random: SeededRandom): string =>
  changeCharacters(text, share, random, (character) => (character === ' ' ? '' : `${character} `))
