/** Shannon's entropy of the characters of a text, in bits for each. */
const entropyOf = (text: string): number => {
  const counts = new Map<number, number>()
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    counts.set(unit, (counts.get(unit) ?? 0) + 1)
  }
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

const placeholders =
  /^(?:x{3,}|\*+|\.{3,}|<.*>|\$\{.*|\{\{.*|%.*%|\$[A-Z_]+|changeme|change_me|placeholder|redacted|hidden|none|null|true|false|undefined|required|optional|string|example|secret|password|passwort|dummy|todo|tbd|n\/a)$/i
const placeholderParts =
  /example|placeholder|your[_-]|my[_-]?pass|<[a-z]|\*{3}|x{4}|change[_-]?me|redacted|dummy|insert[_-]|lorem/i
const memberExpression = /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+;?$/
const address = /^(?:https?:|\.{0,2}\/|[A-Za-z]:\\)/
const sameCharacter = /^(.)\1*$/

const isPlaceholder = (value: string): boolean =>
  placeholders.test(value) ||
  placeholderParts.test(value) ||
  memberExpression.test(value) ||
  address.test(value) ||
  sameCharacter.test(value)

const kindsOfCharacters = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/]
const digitOrSymbol = /[\d!@#$%^&*?~+=]/

/** Whether a value could be a password that somebody uses: no placeholder, no name of a variable, no plain word. */
export const isPlausiblePassword = (value: string): boolean =>
  value.length >= 6 &&
  !isPlaceholder(value) &&
  digitOrSymbol.test(value) &&
  kindsOfCharacters.filter((kind) => kind.test(value)).length >= 2 &&
  entropyOf(value) >= 2.2

const keyForm = /^[A-Za-z0-9+/=_.~:-]{16,}$/
const digit = /\d/
const letter = /[A-Za-z]/
const words = /^[a-z]+(?:[-_.:/][a-z]+){1,}$/i

/** Whether a value could be a key that a machine made: long, mixed, and with the entropy of random characters. */
export const isPlausibleKey = (value: string): boolean =>
  keyForm.test(value) &&
  !isPlaceholder(value) &&
  !words.test(value) &&
  digit.test(value) &&
  letter.test(value) &&
  entropyOf(value) >= 3
