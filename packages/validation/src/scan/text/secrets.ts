import { everyPlace, type Indicator, masked } from './indicator.ts'
import { entropyOf, looksSecret } from './randomness.ts'
import { textRules } from './rules.ts'

/**
 * The forms that providers give their tokens, as their documentation states them. A boundary before each keeps hashes and
 * base64 from holding one by chance.
 */
const tokenForms: readonly (readonly [provider: string, pattern: RegExp])[] = [
  ['Amazon Web Services', /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g],
  ['Google', /\bAIza[0-9A-Za-z_-]{35}(?![\w-])/g],
  ['Google OAuth', /\bGOCSPX-[0-9A-Za-z_-]{28}(?![\w-])/g],
  ['Azure Storage', /\bAccountKey=[A-Za-z0-9+/]{86}==/g],
  ['GitHub', /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{82})\b/g],
  ['GitLab', /\bglpat-[A-Za-z0-9_-]{20,64}(?![\w-])/g],
  ['Hugging Face', /\b(?:hf|api_org)_[A-Za-z]{34}\b/g],
  ['Slack', /\bxox[abeprs]-\d{8,14}-[A-Za-z0-9-]{10,120}(?![\w-])/g],
  ['OpenAI', /(?<![\w-])sk-(?:[A-Za-z0-9]{48}|(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,200})(?![\w-])/g],
  ['Anthropic', /\bsk-ant-[a-z]{2,8}\d{2}-[A-Za-z0-9_-]{80,120}(?![\w-])/g],
  ['Stripe', /\b[rs]k_live_[A-Za-z0-9]{24,99}\b/g],
  ['npm', /\bnpm_[A-Za-z0-9]{36}\b/g],
  ['PyPI', /\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,200}/g],
  ['SendGrid', /\bSG\.[\w-]{22}\.[\w-]{43}(?![\w-])/g],
  ['JSON Web Token', /(?<![\w.-])eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{20,1000}(?![\w-])/g],
]

// A real token is random; the one of a manual repeats itself or says so.
const isRandomToken = ([token]: RegExpExecArray): boolean =>
  !/EXAMPLE|x{6}|0{6}|\*/i.test(token) && entropyOf(token) >= 3

const secretName =
  'api_?key|secret_?key|secret_?access_?key|access_?key|access_?token|auth_?token|api_?token|hf_?token|client_?secret|app_?secret|passwd|password|passphrase|private_?key'

const secretNamePattern = new RegExp(`(?:^|[_.-])(?:${secretName.replaceAll('_?', '[_-]?')})$`, 'i')

/** Whether a field of this name holds a secret. */
export const isSecretName = (name: string): boolean => name.length <= 80 && secretNamePattern.test(name)

/** A value that is given to such a name in text: `NAME = value`, `name: "value"`. */
const assignment = new RegExp(
  `(?<![\\w-])[\\w-]{0,40}?(?:${secretName.replaceAll('_?', '[_-]?')})["']?[ \\t]{0,4}[:=][ \\t]{0,4}["']?([^\\s"',;]{12,200})`,
  'gi',
)

// A path, an address, a name in code or a call is no secret.
const isExpression = (value: string): boolean => /^[a-z]+:\/\/|^[~./]|^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+/.test(value)

const address = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/"'<>]{1,100}:([^\s@/"'<>]{3,100})@([\w.-]{1,200})/gi

const isOwnMachine = (host: string): boolean => /^(?:localhost|127\.|example\.|(?:host|db)$)/i.test(host)

/** Credentials. They are out of place wherever they stand. */
export const secretIndicators: readonly Indicator[] = [
  ...tokenForms.map(([provider, pattern]) => ({
    rule: textRules['provider-token'],
    places: everyPlace,
    pattern,
    what: `what looks like a token of ${provider}`,
    isMeant: isRandomToken,
    shown: ([token]: RegExpExecArray) => masked(token),
  })),
  {
    rule: textRules['private-key'],
    places: everyPlace,
    // Headers of an encrypted key may stand before its body; a manual shows the marks around dots.
    pattern:
      /-----BEGIN (?:[A-Z]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:\\[nr]|\s){1,4}(?:[A-Za-z-]{1,20}: [^\n]{1,80}\n){0,4}\s{0,4}[A-Za-z0-9+/]{32}/g,
    what: 'a private key in PEM form',
    shown: ([key]) => key.slice(0, key.indexOf('-----', 10) + 5),
  },
  {
    rule: textRules['assigned-secret'],
    places: everyPlace,
    pattern: assignment,
    what: 'a secret that is written out',
    isMeant: ([, value = '']) => looksSecret(value, 12) && !isExpression(value),
    shown: ([found, value = '']) => `${found.slice(0, found.length - value.length)}${masked(value)}`,
  },
  {
    rule: textRules['address-with-password'],
    places: everyPlace,
    pattern: address,
    what: 'an address with a password in it',
    isMeant: ([, password = '', host = '']) =>
      !isOwnMachine(host) && !/^(?:pass|password|passwd|pwd|secret|token|x+|\*+|\.+)$|[${}<>[\]]/i.test(password),
    shown: ([found, password = '']) => found.replace(`:${password}@`, ':…@'),
  },
]
