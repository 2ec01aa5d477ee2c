import { createSeededRandom } from '@nootropic/core'
import { createDraw, type Draw } from '../../personal-data/generator/random-text.ts'
import { alphanumeric, digits, hex, lower, type SecretKind, upper, vendorSecrets } from './vendor-secrets.ts'

/** A text with one secret, or none. */
export interface SecretDocument {
  readonly text: string
  readonly secret?: { readonly kind: string; readonly start: number; readonly end: number }
}

const words = ['falcon', 'Sommer', 'river', 'Tiger', 'monkey', 'Blume', 'castle', 'dragon', 'Winter', 'orbit']
const password = (draw: Draw): string =>
  draw.one([
    () => `${draw.one(words)}${draw.integer(10, 9999)}${draw.one(['!', '#', '$', ''])}`,
    () => draw.from(`${alphanumeric}!#%*+-_`, draw.integer(10, 24)),
    () => `${draw.one(words)}-${draw.one(words)}-${draw.integer(10, 99)}`,
  ])()
const key = (draw: Draw): string =>
  draw.one([() => draw.from(hex, 32), () => draw.from(alphanumeric, 32), () => draw.from(`${alphanumeric}+/`, 40)])()

/** Lines whose words say that the VALUE in them is a secret. */
const assignments: readonly (readonly [name: string, line: string, value: (draw: Draw) => string])[] = [
  ['password', 'password=VALUE', password],
  ['password', 'DB_PASSWORD=VALUE', password],
  ['password', '  "password": "VALUE",', password],
  ['password', "const password = 'VALUE'", password],
  ['password', 'spring.datasource.password=VALUE', password],
  ['password', 'Server=db;Database=app;User Id=sa;Password=VALUE;', password],
  ['password', 'The password is VALUE', password],
  ['password', 'Das Passwort lautet VALUE', password],
  ['password', 'contraseña: VALUE', password],
  ['password', 'mot de passe : VALUE', password],
  ['password', 'пароль: VALUE', password],
  ['password', '密码：VALUE', password],
  ['password', '  <password>VALUE</password>', password],
  ['password', 'mysql --user root --password VALUE app', password],
  [
    'connection string',
    'DATABASE_URL=postgres://app:VALUE@db.internal:5432/app',
    (draw) => draw.from(alphanumeric, 14),
  ],
  ['connection string', 'mongodb+srv://root:VALUE@cluster0.example.net', (draw) => draw.from(alphanumeric, 14)],
  ['connection string', 'redis://:VALUE@cache:6379/0', (draw) => draw.from(alphanumeric, 14)],
  ['url', 'git clone https://bot:VALUE@git.example.org/x.git', (draw) => draw.from(alphanumeric, 20)],
  ['generic key', 'API_KEY=VALUE', key],
  ['generic key', 'api-key: VALUE', key],
  ['generic key', '  "clientSecret": "VALUE"', key],
  ['generic key', 'secret_key_base: VALUE', key],
  ['generic key', 'x-api-key: VALUE', key],
  ['generic key', 'export ACCESS_TOKEN="VALUE"', key],
  ['aws secret', 'aws_secret_access_key = VALUE', (draw) => draw.from(`${alphanumeric}/+`, 40)],
  ['bearer', 'Authorization: Bearer VALUE', (draw) => draw.from(alphanumeric, 40)],
  ['basic', 'Authorization: Basic VALUE', (draw) => Buffer.from(`admin:${password(draw)}`).toString('base64')],
  [
    'npmrc',
    '//registry.npmjs.org/:_authToken=VALUE',
    (draw) => [8, 4, 4, 4, 12].map((n) => draw.from(hex, n)).join('-'),
  ],
  ['curl', 'curl -u admin:VALUE https://example.org/api', (draw) => `${draw.one(words)}${draw.integer(100, 9999)}!`],
]

/** What looks like a secret and is none. */
const decoys: readonly ((draw: Draw) => string)[] = [
  (draw) => `commit ${draw.from(hex, 40)}`,
  (draw) => `sha256:${draw.from(hex, 64)}`,
  (draw) => `md5 = ${draw.from(hex, 32)}`,
  (draw) => `id: ${[8, 4, 4, 4, 12].map((length) => draw.from(hex, length)).join('-')}`,
  (draw) => `"integrity": "sha512-${draw.from(`${alphanumeric}+/`, 86)}=="`,
  (draw) => `data:image/png;base64,${draw.from(`${alphanumeric}+/`, 120)}`,
  () => `password=\${DB_PASSWORD}`,
  () => 'password: <your-password>',
  () => 'password = os.environ["DB_PASSWORD"]',
  () => 'const password = request.body.password',
  () => 'api_key: YOUR_API_KEY_HERE',
  () => 'API_KEY=xxxxxxxxxxxxxxxxxxxxxxxx',
  () => 'token = await getToken(session)',
  () => 'The password is required and must be at least 12 characters long.',
  () => 'passwordField: HTMLInputElement',
  () => '<password></password> <input type="password" name="pw">',
  () => 'login --password --verbose',
  () => 'if (password.length > 12) return',
  () => 'secret: { type: string, required: true }',
  () => 'if (token === undefined) throw new Error("no token")',
  () => 'tokenizer: sentencepiece, max_tokens: 4096',
  () => 'token_count=128000',
  () => 'key: value, key-value store',
  () => 'primaryKey: customer_address_identifier',
  () => 'https://user@git.example.org/repository.git',
  () => 'https://example.org/path?page=2#section:4',
  () => 'postgres://localhost:5432/app',
  (draw) => `-----BEGIN PUBLIC KEY-----\n${draw.from(`${alphanumeric}+/`, 64)}\n-----END PUBLIC KEY-----`,
  (draw) => `-----BEGIN CERTIFICATE-----\n${draw.from(`${alphanumeric}+/`, 64)}\n-----END CERTIFICATE-----`,
  (draw) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${draw.from(`${alphanumeric}+/`, 43)} ann@host`,
  (draw) => `task-${draw.digits(6)} disk-${draw.from(lower, 8)} risk-assessment`,
  (draw) => `pattern${draw.from(lower, 9)} patch.${draw.from(hex, 8)}`,
  (draw) => `ISBN 978-3-16-${draw.digits(6)}-${draw.digits(1)}`,
  (draw) => `pk_live_${'x'.repeat(8)} is a publishable key of order ${draw.digits(8)}`,
  (draw) => `SKU-${draw.from(upper, 4)}-${draw.digits(8)}`,
  (draw) =>
    `class ${draw.from(upper, 1)}${draw.from(lower, 8)}Factory${draw.from(upper, 1)}${draw.from(lower, 12)}Bean`,
  (draw) => `/usr/lib/${draw.from(lower, 6)}/${draw.from(lower, 12)}.so.${draw.digits(1)}`,
  () => 'Bearer of bad news: the basic plan ends in December.',
  () => 'Authorization: Bearer <token>',
  (draw) => `etag: "${draw.from(hex, 32)}"`,
  (draw) => `nonce-${draw.from(digits, 10)}`,
]

const surroundings: readonly (readonly [before: string, after: string])[] = [
  ['', ''],
  ['use ', ' for now'],
  ['export TOKEN=', '\n'],
  ["  value: '", "'\n"],
  ['{"credential": "', '"}'],
  ['Sure! Here it is: ', '. Keep it safe.'],
  ['[2026-03-01 10:00:00] DEBUG sending ', ' to upstream'],
  ['`', '`'],
]

const prose = [
  'The deployment finished without a warning.\n',
  'Nous avons mis à jour la configuration du serveur.\n',
  'Die Anwendung liest ihre Einstellungen beim Start.\n',
  'import { readFile } from "node:fs/promises"\n',
  'services:\n  web:\n    image: nginx:1.27\n',
  '',
]

const vendorDocument = (draw: Draw, { name, write }: SecretKind): SecretDocument => {
  const [before, after] = draw.one(surroundings)
  const head = draw.one(prose) + before
  const secret = write(draw)
  return { text: head + secret + after, secret: { kind: name, start: head.length, end: head.length + secret.length } }
}

const assignmentDocument = (draw: Draw): SecretDocument => {
  const [kind, line, value] = draw.one(assignments)
  const secret = value(draw)
  const head = draw.one(prose) + line.slice(0, line.indexOf('VALUE'))
  const tail = line.slice(line.indexOf('VALUE') + 'VALUE'.length)
  return { text: `${head}${secret}${tail}\n`, secret: { kind, start: head.length, end: head.length + secret.length } }
}

const decoyDocument = (draw: Draw): SecretDocument => ({
  text: Array.from({ length: draw.integer(1, 4) }, () => `${draw.one(prose)}${draw.one(decoys)(draw)}\n`).join(''),
})

/** Documents with one secret each, every kind as often as the others, and as many without one; the same for the same seed. */
export const generateSecretDocuments = (seed: number, ofEachKind: number): SecretDocument[] => {
  const draw = createDraw(createSeededRandom(seed))
  const withVendors = vendorSecrets.flatMap((kind) =>
    Array.from({ length: ofEachKind }, () => vendorDocument(draw, kind)),
  )
  const withAssignments = Array.from({ length: assignments.length * ofEachKind }, () => assignmentDocument(draw))
  const secrets = [...withVendors, ...withAssignments]
  return [...secrets, ...secrets.map(() => decoyDocument(draw))]
}
