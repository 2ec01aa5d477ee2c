import { crc32 } from 'node:zlib'
import type { Draw } from '../../personal-data/generator/random-text.ts'

// Inert secrets in the forms that the makers document. Each is put together from pieces and drawn at random, so that none
// is real and no scanner of this repository finds one.

/** A kind of secret, and how its maker writes it. */
export interface SecretKind {
  readonly name: string
  readonly write: (draw: Draw) => string
}

export const lower = 'abcdefghijklmnopqrstuvwxyz'
export const upper = lower.toUpperCase()
export const digits = '0123456789'
export const hex = `${digits}abcdef`
export const alphanumeric = upper + lower + digits
const url = `${alphanumeric}_-`
const base64 = `${alphanumeric}+/`

const inBase62 = (value: number, length: number): string => {
  const alphabet = digits + upper + lower
  let text = ''
  for (let rest = BigInt(value); rest > 0n; rest /= 62n) text = alphabet[Number(rest % 62n)] + text
  return text.padStart(length, '0')
}

/** Thirty random characters, then their CRC-32 in six digits of base 62. */
const withCrc = (prefix: string) => (draw: Draw) => {
  const body = draw.from(alphanumeric, 30)
  return `${prefix}_${body}${inBase62(crc32(body), 6)}`
}

const after =
  (prefix: string, ...parts: readonly (readonly [alphabet: string, length: number] | string)[]) =>
  (draw: Draw): string =>
    prefix + parts.map((part) => (typeof part === 'string' ? part : draw.from(part[0], part[1]))).join('')

const kind = (name: string, write: (draw: Draw) => string): SecretKind => ({ name, write })

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const jsonWebToken = (draw: Draw): string =>
  [
    encode({ alg: draw.one(['HS256', 'RS256', 'ES256']), typ: 'JWT' }),
    encode({ sub: draw.digits(10), iat: 1700000000 }),
    draw.from(url, 43),
  ].join('.')

const privateKey = (label: string) => (draw: Draw) => {
  const lines = Array.from({ length: draw.integer(4, 24) }, () => draw.from(base64, 64))
  const dashes = '-'.repeat(5)
  return [
    `${dashes}BEGIN ${label}${dashes}`,
    ...lines,
    `${draw.from(base64, 22)}==`,
    `${dashes}END ${label}${dashes}`,
  ].join('\n')
}

const grafana = (draw: Draw): string => {
  const head = `gl${'sa'}_${draw.from(alphanumeric, 32)}`
  return `${head}_${crc32(head).toString(16).padStart(8, '0')}`
}

/** Secrets that say themselves what they are. */
export const vendorSecrets: readonly SecretKind[] = [
  kind('github personal', withCrc('gh' + 'p')),
  kind('github oauth', withCrc('gh' + 'o')),
  kind('github app', withCrc('gh' + 's')),
  kind('github fine-grained', after('github' + '_pat_', [alphanumeric, 22], '_', [alphanumeric, 59])),
  kind('github, checksum of another', after('gh' + 'p_', [alphanumeric, 36])),
  kind('npm', withCrc('np' + 'm')),
  kind('pypi', after('py' + 'pi-AgEIcHlwaS5vcmc', [url, 70])),
  kind('gitlab', after('gl' + 'pat-', [alphanumeric, 20])),
  kind('gitlab runner', after('gl' + 'rt-', [alphanumeric, 20])),
  kind('rubygems', after('rubygems' + '_', [hex, 48])),
  kind('docker', after('dckr' + '_pat_', [url, 27])),
  kind('aws access key', after('AK' + 'IA', [`${upper}234567`, 16])),
  kind('aws temporary key', after('AS' + 'IA', [`${upper}234567`, 16])),
  kind('google api key', after('AI' + 'za', [alphanumeric, 35])),
  kind('google oauth secret', after('GOC' + 'SPX-', [alphanumeric, 28])),
  kind('google oauth token', after('ya' + '29.', [url, 80], 'x')),
  kind('azure storage', after('AccountKey' + '=', [base64, 86], '==')),
  kind('digitalocean', after('dop' + '_v1_', [hex, 64])),
  kind('databricks', after('da' + 'pi', [hex, 32])),
  kind('grafana service account', grafana),
  kind('hashicorp vault', after('hv' + 's.', [alphanumeric, 24])),
  kind('doppler', after('dp' + '.pt.', [alphanumeric, 43])),
  kind('new relic', after('NR' + 'AK-', [upper + digits, 27])),
  kind('planetscale', after('pscale' + '_tkn_', [alphanumeric, 43])),
  kind('supabase', after('sb' + 'p_', [hex, 40])),
  kind('pulumi', after('pu' + 'l-', [hex, 40])),
  kind('tailscale', after('ts' + 'key-auth-', [alphanumeric, 12], '-', [alphanumeric, 32])),
  kind('netlify', after('nf' + 'p_', [alphanumeric, 36])),
  kind('slack bot', after('xo' + 'xb-', [digits, 12], '-', [digits, 13], '-', [alphanumeric, 24])),
  kind(
    'slack webhook',
    after('https://hooks.' + 'slack.com/services/T', [upper, 8], '/B', [upper, 8], '/', [alphanumeric, 24]),
  ),
  kind('discord webhook', after('https://discord.' + 'com/api/webhooks/', [digits, 18], '/', [url, 67], 'x')),
  kind('telegram', after('', [`${digits.slice(1)}`, 10], ':' + 'AA', [alphanumeric, 33])),
  kind('stripe live', after('sk' + '_live_', [alphanumeric, 24])),
  kind('stripe restricted', after('rk' + '_live_', [alphanumeric, 24])),
  kind('square', after('sq0' + 'atp-', [alphanumeric, 22])),
  kind('twilio', after('S' + 'K', [hex, 32])),
  kind('sendgrid', after('S' + 'G.', [alphanumeric, 22], '.', [alphanumeric, 43])),
  kind('mailgun', after('ke' + 'y-', [hex, 32])),
  kind('brevo', after('xkey' + 'sib-', [hex, 64], '-', [alphanumeric, 16])),
  kind('shopify', after('shp' + 'at_', [hex, 32])),
  kind('postman', after('PM' + 'AK-', [hex, 24], '-', [hex, 34])),
  kind('figma', after('fig' + 'd_', [alphanumeric, 40])),
  kind('notion', after('nt' + 'n_', [digits, 11], [alphanumeric, 35])),
  kind('airtable', after('pa' + 't', [alphanumeric, 14], '.', [hex, 64])),
  kind('sentry', after('sntr' + 'yu_', [hex, 64])),
  kind('linear', after('lin' + '_api_', [alphanumeric, 40])),
  kind('openai project', after('sk' + '-proj-', [alphanumeric, 74], 'T3Blbk' + 'FJ', [alphanumeric, 74])),
  kind('openai', after('s' + 'k-', [alphanumeric, 20], 'T3Blbk' + 'FJ', [alphanumeric, 20])),
  kind('anthropic', after('sk' + '-ant-api03-', [alphanumeric, 93], 'AA')),
  kind('hugging face', after('h' + 'f_', [alphanumeric, 34])),
  kind('replicate', after('r' + '8_', [alphanumeric, 37])),
  kind('groq', after('gs' + 'k_', [alphanumeric, 52])),
  kind('age', after('AGE-SECRET' + '-KEY-1', ['QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58])),
  kind('json web token', jsonWebToken),
  kind('private key', privateKey('PRIVATE' + ' KEY')),
  kind('rsa private key', privateKey('RSA PRIVATE' + ' KEY')),
  kind('openssh private key', privateKey('OPENSSH PRIVATE' + ' KEY')),
  kind('ec private key', privateKey('EC PRIVATE' + ' KEY')),
]
