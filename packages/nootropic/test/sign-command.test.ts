import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { openKeyStore, passphraseProtection } from '@nootropic/core/crypto'
import { expect, test } from 'vitest'
import { runCommand } from '../src/command.ts'
import { createWorkplace, type Workplace, writeKeys } from './support/signed-models.ts'

const signed = async (): Promise<Workplace> => {
  const place = createWorkplace()
  writeKeys(place, 'signing')
  expect((await place.nootropic('sign', 'digits', '--private-key', 'signing.pem')).exit).toBe(0)
  return place
}

const rulesOf = (findings: readonly { rule: string }[]): string[] =>
  findings.map(({ rule }) => rule.replace('provenance/', '')).sort()

test('what is signed verifies with its public key, in text and as one JSON document', async () => {
  const place = createWorkplace()
  const { publicKey } = writeKeys(place, 'signing')
  const fingerprint = `sha256:${createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')}`
  const answer = await place.json('sign', 'digits', '--private-key', 'signing.pem')
  expect(answer).toMatchObject({
    exit: 0,
    document: {
      schemaVersion: 1,
      subject: { path: 'digits' },
      signature: 'digits/model.sig',
      publicKey: { fingerprint, pem: publicKey.export({ type: 'spki', format: 'pem' }) },
      resources: [{ name: 'config.json' }, { name: 'data/part-1.bin' }, { name: 'model.onnx', algorithm: 'sha256' }],
    },
  })
  const { digest } = answer.document.subject
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect(await place.json('verify', 'digits', '--public-key', 'signing.pub')).toEqual({
    exit: 0,
    document: {
      schemaVersion: 1,
      verdict: 'pass',
      subject: { path: 'digits', digest },
      signer: { kind: 'public-key', algorithm: 'ECDSA P-256', fingerprint },
      findings: [],
    },
  })
  const text = await place.nootropic(
    'verify',
    'digits',
    '--signature',
    'digits/model.sig',
    '--public-key',
    'signing.pub',
  )
  expect(text).toEqual({
    exit: 0,
    output: `digits: pass\n  signed by the key ${fingerprint}, ECDSA P-256\n  root ${digest}\n`,
    diagnostics: '',
  })
})

const changes: readonly [string, string, (place: Workplace) => void][] = [
  ['a changed file', 'file-changed', ({ write }) => write('digits/model.onnx', 'Weights')],
  ['a missing file', 'file-missing', ({ directory }) => rmSync(join(directory, 'digits/config.json'))],
  ['a file more', 'file-unlisted', ({ write }) => write('digits/data/code.py', 'x')],
  ['a hidden file more', 'file-unlisted', ({ write }) => write('digits/.hidden', 'x')],
  ['a bundle that is none', 'bundle-malformed', ({ write }) => write('digits/model.sig', '{}')],
]

test.for(changes)('%s fails, and the finding says where', async ([, rule, change]) => {
  const place = await signed()
  change(place)
  const { exit, document } = await place.json('verify', 'digits', '--public-key', 'signing.pub')
  expect(exit).toBe(1)
  expect(document).toMatchObject({ verdict: 'fail', code: 'SIGNATURE_INVALID' })
  expect(rulesOf(document.findings)).toEqual([rule])
  expect(document.findings[0]?.location.path).toMatch(/^digits\//)
  const { exit: again, output } = await place.nootropic('verify', 'digits', '--public-key', 'signing.pub')
  expect([again, output]).toEqual([
    1,
    expect.stringMatching(/^digits: fail, SIGNATURE_INVALID: .*\n[\s\S]*provenance\//),
  ])
})

test.skipIf(process.platform === 'win32')('a link in the place of a signed file fails', async () => {
  const place = await signed()
  const model = join(place.directory, 'digits/model.onnx')
  renameSync(model, join(place.directory, 'elsewhere'))
  symlinkSync(join(place.directory, 'elsewhere'), model)
  const { exit, document } = await place.json('verify', 'digits', '--public-key', 'signing.pub')
  expect([exit, document.verdict]).toEqual([1, 'fail'])
  expect((await place.nootropic('sign', 'digits', '--private-key', 'signing.pem')).exit).toBe(2)
})

test('another key is not trusted, nobody is named as the signer, and a signature changed hands does not hold', async () => {
  const place = await signed()
  writeKeys(place, 'other')
  const { exit, document } = await place.json('verify', 'digits', '--public-key', 'other.pub')
  expect(exit).toBe(1)
  expect(document).toMatchObject({ verdict: 'fail', code: 'SIGNATURE_UNTRUSTED', signer: null })
  const bundle = JSON.parse(readFileSync(join(place.directory, 'digits/model.sig'), 'utf8'))
  bundle.verificationMaterial.publicKey = {}
  place.write('digits/model.sig', JSON.stringify(bundle))
  const second = await place.json('verify', 'digits', '--public-key', 'other.pub')
  expect(second).toMatchObject({ exit: 1, document: { verdict: 'fail', code: 'SIGNATURE_INVALID', signer: null } })
})

test('what is ignored is not signed, stays ignored, and is named inside the model or absolutely', async () => {
  const place = await signed()
  const ignored = ['--ignore', 'notes.txt', '--ignore', './data/']
  await place.nootropic('sign', 'digits', '--private-key', 'signing.pem', ...ignored)
  place.write('digits/notes.txt', 'later')
  place.write('digits/data/part-2.bin', 'two')
  expect((await place.nootropic('verify', 'digits', '--public-key', 'signing.pub')).exit).toBe(0)

  place.write('digits/extra', 'x')
  const verify = (...words: string[]) => place.json('verify', 'digits', '--public-key', 'signing.pub', ...words)
  expect((await verify()).exit).toBe(1)
  expect((await verify('--ignore', 'extra')).exit).toBe(0)
  expect((await verify('--ignore', join(place.directory, 'digits/extra'))).exit).toBe(0)
  expect((await verify('--ignore', '../elsewhere')).document.error?.code).toBe('USAGE')
  expect((await verify('--ignore', join(place.directory, 'signing.pub'))).document.error?.code).toBe('USAGE')
  const tolerated = await verify('--allow-unlisted')
  // What the signer left out is told as well.
  expect([tolerated.exit, tolerated.document.verdict]).toEqual([0, 'pass'])
  expect(tolerated.document.findings.map(({ location }) => location.path)).toEqual([
    'digits/extra',
    'digits/data',
    'digits/notes.txt',
  ])
  // A file that was signed is checked, whatever is ignored.
  place.write('digits/model.onnx', 'Weights')
  expect((await verify('--ignore', 'model.onnx', '--ignore', 'extra')).exit).toBe(1)
})

test('a single file is signed beside itself, and an absolute path stays one', async () => {
  const place = createWorkplace()
  writeKeys(place, 'signing', 'P-521')
  const { output } = await place.nootropic('sign', 'digits/model.onnx', '--private-key', 'signing.pem')
  expect(output).toMatch(/^digits\/model\.onnx\.sig: 1 files signed by the key sha256:/)
  const path = join(place.directory, 'digits/model.onnx')
  const { exit, document } = await place.json('verify', path, '--public-key', 'signing.pub')
  expect([exit, document.subject.path]).toEqual([0, path])
})

test('shards, other hashes and a cache of digests make signatures that verify', async () => {
  const place = createWorkplace()
  writeKeys(place, 'signing', 'P-384')
  for (const words of [
    ['--method', 'shards', '--shard-size', '4', '--hash', 'blake2b'],
    ['--hash', 'blake3', '--cache', 'digests'],
    ['--hash', 'blake3', '--cache', 'digests', '--signature', 'apart.sig'],
  ]) {
    const { exit, document } = await place.json('sign', 'digits', '--private-key', 'signing.pem', ...words)
    expect([exit, document.error]).toEqual([0, undefined])
  }
  expect(readdirSync(join(place.directory, 'digests'))).toHaveLength(1)
  const verify = (...words: string[]) => place.nootropic('verify', 'digits', '--public-key', 'signing.pub', ...words)
  expect((await verify()).exit).toBe(0)
  expect((await verify('--signature', 'apart.sig')).exit).toBe(0)
})

test('signing overwrites no file of the model', async () => {
  const place = createWorkplace()
  writeKeys(place, 'signing')
  const before = readFileSync(join(place.directory, 'digits/model.onnx'))
  const words = ['sign', 'digits', '--private-key', 'signing.pem', '--signature', 'digits/model.onnx']
  const { exit, diagnostics } = await place.nootropic(...words)
  expect([exit, diagnostics]).toEqual([
    2,
    expect.stringContaining('an older signature to replace, found something else'),
  ])
  expect(readFileSync(join(place.directory, 'digits/model.onnx'))).toEqual(before)
})

test('an encrypted key opens with the passphrase of a file, and no answer repeats a secret', async () => {
  const place = createWorkplace()
  const { privateKey } = writeKeys(place, 'signing')
  const passphrase = 'correct horse 271828'
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
  place.write('encrypted.pem', pem)
  place.write('right', `${passphrase}\r\n`)
  place.write('wrong', 'wrong horse 314159\n')
  place.write('two-lines', `${passphrase}\n${passphrase}\n`)
  place.write('empty', '\n')
  const sign = (...words: string[]) => place.nootropic('sign', 'digits', '--private-key', 'encrypted.pem', ...words)
  const refusals = [
    await sign(),
    await sign('--passphrase-file', 'wrong'),
    await sign('--passphrase-file', 'two-lines'),
    await sign('--passphrase-file', 'empty'),
    await sign('--passphrase-file', 'none'),
  ]
  for (const { exit, output, diagnostics } of refusals) {
    expect([exit, output]).toEqual([2, ''])
    expect(diagnostics).toMatch(/^nootropic: (CONFIGURATION_INVALID|USAGE|FILE_UNREADABLE): /)
    expect(diagnostics).not.toMatch(/horse|BEGIN/)
  }
  expect(refusals[0]?.diagnostics).toContain('--passphrase-file')
  expect(existsSync(join(place.directory, 'digits/model.sig'))).toBe(false)
  expect(await sign('--passphrase-file', 'right')).toMatchObject({ exit: 0, diagnostics: '' })
  expect((await place.nootropic('verify', 'digits', '--public-key', 'signing.pub')).exit).toBe(0)
})

test('at a terminal the passphrase of an encrypted key is asked for, and wiped', async () => {
  const place = createWorkplace()
  const { privateKey } = writeKeys(place, 'signing')
  const passphrase = 'a passphrase'
  place.write('encrypted.pem', privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }))
  const answer = Buffer.from(passphrase)
  const questions: string[] = []
  const exit = await runCommand(['sign', 'digits', '--private-key', 'encrypted.pem'], {
    output: () => {},
    diagnostics: () => {},
    askSecret: async (question) => {
      questions.push(question)
      return answer
    },
    environment: {},
    directory: place.directory,
  })
  expect([exit, questions]).toEqual([0, ['Passphrase of the private key: ']])
  expect(answer.every((byte) => byte === 0)).toBe(true)
})

test.skipIf(process.platform === 'win32')(
  'a key that others may read is used, and that is told on stderr',
  async () => {
    const place = createWorkplace()
    writeKeys(place, 'signing')
    chmodSync(join(place.directory, 'signing.pem'), 0o644)
    const { exit, output, diagnostics } = await place.nootropic(
      'sign',
      'digits',
      '--private-key',
      'signing.pem',
      '--json',
    )
    expect([exit, diagnostics]).toEqual([0, expect.stringContaining("run: chmod 600 'signing.pem'")])
    expect(JSON.parse(output)).toMatchObject({ schemaVersion: 1 })
  },
)

test('a key of the installation signs, also where the store opens with a passphrase', async () => {
  const place = createWorkplace()
  place.write('passphrase', 'a passphrase\n')
  // The least that is allowed: three derivations are enough to wait for.
  const derivation = { name: 'argon2id', memoryKibibytes: 19 * 1024, iterations: 2, parallelism: 1 } as const
  for (const [home, protection] of [
    ['plain', undefined],
    ['locked', passphraseProtection({ passphrase: async () => 'a passphrase', derivation })],
  ] as const) {
    const directory = join(place.directory, home, 'keys')
    const store = await openKeyStore({ directory, ...(protection === undefined ? {} : { protection }) })
    const { publicKey } = await store.createModelSigningKey('release', 'P-384')
    place.write(`${home}.pub`, publicKey.export({ type: 'spki', format: 'pem' }))
    const passphrase = protection === undefined ? [] : ['--passphrase-file', 'passphrase']
    const sign = (...words: string[]) =>
      place.nootropic('sign', 'digits', '--home', join(place.directory, home), ...passphrase, ...words)
    expect(await sign('--key', 'release')).toMatchObject({ exit: 0, diagnostics: '' })
    expect((await place.nootropic('verify', 'digits', '--public-key', `${home}.pub`)).exit).toBe(0)
    expect(await sign('--key', 'none')).toMatchObject({
      exit: 1,
      diagnostics: expect.stringContaining('KEY_UNAVAILABLE'),
    })
  }
  const { exit, diagnostics } = await place.nootropic(
    'sign',
    'digits',
    '--key',
    'release',
    '--home',
    join(place.directory, 'nowhere'),
  )
  expect([exit, diagnostics]).toEqual([1, expect.stringContaining('KEY_UNAVAILABLE: expected a key store at')])
  expect(existsSync(join(place.directory, 'nowhere'))).toBe(false)
})

const wrongCalls: readonly [string, ...string[]][] = [
  ['exactly one of --public-key, --root-certificate, --identity, got none', 'verify', 'digits'],
  [
    '--public-key and --identity',
    'verify',
    'digits',
    '--public-key',
    'signing.pub',
    '--identity',
    'a',
    '--issuer',
    'b',
  ],
  ['--issuer', 'verify', 'digits', '--identity', 'a'],
  ['--issuer together with --identity', 'verify', 'digits', '--public-key', 'signing.pub', '--issuer', 'b'],
  ['--time together with', 'verify', 'digits', '--public-key', 'signing.pub', '--time', 'now'],
  ['--trusted-root together with', 'verify', 'digits', '--public-key', 'signing.pub', '--trusted-root', 'x'],
  ['expected --time to be', 'verify', 'digits', '--root-certificate', 'signing.pub', '--time', '2026-11-22'],
  ['expected certificates in PEM', 'verify', 'digits', '--root-certificate', 'signing.pub'],
  ['FILE_UNREADABLE', 'verify', 'digits', '--public-key', 'signing.pub', '--signature', 'none.sig'],
  ['FILE_UNREADABLE', 'verify', 'none', '--public-key', 'signing.pub'],
  ['expected one public key', 'verify', 'digits', '--public-key', 'digits/config.json'],
  ['expected a model', 'verify'],
  ['exactly one of --private-key, --pkcs11, --key, got none', 'sign', 'digits'],
  ['--private-key and --key', 'sign', 'digits', '--private-key', 'signing.pem', '--key', 'x'],
  ['--pin-file together with --pkcs11', 'sign', 'digits', '--private-key', 'signing.pem', '--pin-file', 'x'],
  ['--home together with --key', 'sign', 'digits', '--private-key', 'signing.pem', '--home', 'x'],
  ['--method to be one of files, shards', 'sign', 'digits', '--private-key', 'signing.pem', '--method', 'pieces'],
  ['--hash to be one of', 'sign', 'digits', '--private-key', 'signing.pem', '--hash', 'md5'],
  ['--shard-size together with', 'sign', 'digits', '--private-key', 'signing.pem', '--shard-size', '9'],
  ['whole number', 'sign', 'digits', '--private-key', 'signing.pem', '--method', 'shards', '--shard-size', '1e9'],
  ['private key in PEM', 'sign', 'digits', '--private-key', 'signing.pub'],
  ['P-256, P-384 or P-521', 'sign', 'digits', '--private-key', 'k1.pem'],
  ['certificate', 'sign', 'digits', '--private-key', 'signing.pem', '--certificate', 'signing.pub'],
  ['expected a URI', 'sign', 'digits', '--pkcs11', 'pkcs11:token=a;pin-value=271828'],
]

test('a wrong call is a usage error that says what was expected, and signs nothing', async () => {
  const place = createWorkplace()
  writeKeys(place, 'signing')
  writeKeys(place, 'k1', 'secp256k1')
  for (const [sentence, ...words] of wrongCalls) {
    const { exit, output, diagnostics } = await place.nootropic(...words)
    expect([words.join(' '), exit, output]).toEqual([words.join(' '), 2, ''])
    expect(diagnostics).toContain(sentence)
    expect(diagnostics).not.toContain('271828')
  }
  expect(existsSync(join(place.directory, 'digits/model.sig'))).toBe(false)
})
