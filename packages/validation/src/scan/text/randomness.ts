/** Shannon entropy of the characters of a text, in bits per character. */
export const entropyOf = (text: string): number => {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

// What documentation writes in the place of a secret.
const placeholder =
  /example|sample|dummy|placeholder|your|change|redacted|secret_?key|api_?key|password|token|xxx|\*\*\*|\.\.\.|^test|^none$|^null$|^<|[${}<>[\]()]/i

/** English words of this length reach about 2.8 bits per character; random letters and digits 3.5 and more. */
const minimumEntropy = 3

/** Whether a value looks like a secret: random, and nobody's stand-in for one. */
export const looksSecret = (value: string, minimumLength: number): boolean =>
  value.length >= minimumLength &&
  !placeholder.test(value) &&
  /\d/.test(value) &&
  /[A-Za-z]/.test(value) &&
  entropyOf(value) >= minimumEntropy
