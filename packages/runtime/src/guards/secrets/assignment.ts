import { isPlausibleKey, isPlausiblePassword } from './plausible.ts'
import type { Reading } from './spans.ts'

/** What a word says of the value that is assigned to it. */
export type AssignedKind = 'password' | 'key'

/** Words of names of variables, in lower case. */
export const assignmentWords: Readonly<Record<AssignedKind, readonly string[]>> = {
  password: [
    ...[
      'password',
      'passwd',
      'passphrase',
      'passcode',
      'pwd',
      'db_pass',
      'dbpass',
      'user_pass',
      'passwort',
      'kennwort',
    ],
    ...['contraseña', 'contrasena', 'senha', 'mot de passe', 'motdepasse', 'mdp', 'wachtwoord', 'hasło', 'haslo'],
    ...['lösenord', 'salasana', 'пароль', '密码', '密碼', 'パスワード', '비밀번호'],
  ],
  key: [
    ...['secret', 'token', 'api_key', 'apikey', 'api-key', 'api key', 'access_key', 'accesskey', 'access-key'],
    ...['private_key', 'auth_key', 'authkey', 'encryption_key', 'signing_key', 'master_key', 'account_key'],
    ...['credential', 'client_key', 'consumer_key', 'app_key', 'appkey', 'session_key', 'webhook_key', 'x-auth'],
  ],
}

// After the name: closing quotes, then what assigns (the end of a tag and the space after an option do too), then a value in
// quotes or without.
const assignment =
  /["'`\])]{0,2}[ \t]{0,4}(?::=|=>|={1,3}|:|>(?=\S)|(?<=--[a-z-]{2,24}[ \t])|(?: (?:is|was|ist|lautet|est|es|e|é|jest|är|to))[: ])[ \t]{0,4}(?:(["'`])([^"'`\r\n]{4,200})\1|([^\s"'`,;<>(){}[\]|]{6,200}))/y

const longestNameTail = 24

/** Where the name that a word is part of ends: "password_of_the_database". */
const endOfName = (text: string, wordEnd: number): number => {
  const limit = Math.min(text.length, wordEnd + longestNameTail)
  let at = wordEnd
  while (at < limit && isNameUnit(text.charCodeAt(at))) at += 1
  return at
}

const isNameUnit = (unit: number): boolean =>
  ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a) || (unit >= 0x30 && unit <= 0x39) || unit === 0x5f || unit === 0x2d

const punctuation = /[.:]+$/

/** What stands in an assignment after a word, and where the reading of it stopped. */
export const findAssignment = (text: string, kind: AssignedKind, wordEnd: number): Reading => {
  assignment.lastIndex = endOfName(text, wordEnd)
  const found = assignment.exec(text)
  if (found === null) return { end: wordEnd }
  const end = assignment.lastIndex
  const [, quote, quoted, bare] = found
  const value = quoted ?? (bare as string).replace(punctuation, '')
  const isKey = isPlausibleKey(value)
  if (!isKey && !(kind === 'password' && isPlausiblePassword(value))) return { end }
  const start = quote === undefined ? end - (bare as string).length : end - 1 - value.length
  return {
    match: {
      type: kind === 'password' ? 'secret/password' : 'secret/generic-key',
      start,
      end: start + value.length,
      confidence: kind === 'password' ? 0.75 : 0.7,
      why:
        kind === 'password'
          ? 'assigned to a name that says password'
          : 'assigned to a name that says key, and as random as one',
    },
    end,
  }
}
