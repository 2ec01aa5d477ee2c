import { execFileSync } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorkplace, type Workplace } from './support/signed-models.ts'

const shared = process.env.NOOTROPIC_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const data = join(shared, 'data/oms')

interface Fixture {
  readonly version: string
  readonly method: string
  readonly signature: string
  readonly model: string
  readonly ignorePaths: readonly string[]
  readonly expect: string
  readonly rootCertificates?: readonly string[]
  readonly publicKey?: string
  readonly identity?: string
  readonly issuer?: string
}

let fixtures: readonly Fixture[] = []
beforeAll(() => {
  const path = join(data, 'fixtures.json')
  if (!existsSync(path))
    throw new Error(`expected the model signing fixtures in ${data}; this test is not run without them`)
  fixtures = JSON.parse(readFileSync(path, 'utf8'))
})

const trustWords = ({ publicKey, rootCertificates, identity, issuer }: Fixture): string[] => {
  if (publicKey !== undefined) return ['--public-key', join(data, publicKey)]
  if (rootCertificates !== undefined)
    return rootCertificates.flatMap((path) => ['--root-certificate', join(data, path)])
  return ['--identity', String(identity), '--issuer', String(issuer)]
}

const verifyWords = (fixture: Fixture, model: string): string[] => [
  ...['verify', model, '--signature', join(data, fixture.signature), ...trustWords(fixture)],
  ...fixture.ignorePaths.flatMap((path) => ['--ignore', path]),
]

test('every bundle of model_signing verifies by the plain command line, and with one byte more it fails', async () => {
  expect(fixtures.length).toBeGreaterThan(0)
  for (const fixture of fixtures) {
    const place = createWorkplace()
    const name = `${fixture.version} ${fixture.method}`
    const { exit, document } = await place.json(...verifyWords(fixture, join(data, fixture.model)))
    const isValid = fixture.expect === 'valid'
    expect([name, exit, document.verdict]).toEqual([name, isValid ? 0 : 1, isValid ? 'pass' : 'fail'])
    if (!isValid) continue
    expect(document).toMatchObject({
      schemaVersion: 1,
      subject: { path: join(data, fixture.model), digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
      signer: { kind: { certificate: 'certificate', sigstore: 'sigstore' }[fixture.method] ?? 'public-key' },
      findings: [],
    })
    const copy = join(place.directory, 'copy')
    cpSync(join(data, fixture.model), copy, { recursive: true })
    appendFileSync(statSync(copy).isFile() ? copy : join(copy, 'signme-1'), 'x')
    const changed = await place.json(...verifyWords(fixture, 'copy'))
    expect(changed).toMatchObject({
      exit: 1,
      document: { verdict: 'fail', code: 'SIGNATURE_INVALID', findings: [{ rule: 'provenance/file-changed' }] },
    })
  }
})

test('trust of another kind, another identity, or another time is refused as policy', async () => {
  const place = createWorkplace()
  const refused = { exit: 1, document: { verdict: 'fail', code: 'SIGNATURE_UNTRUSTED' } }
  for (const fixture of fixtures) {
    const verify = (change: Partial<Fixture>, ...words: string[]) =>
      place.json(...verifyWords({ ...fixture, ...change }, join(data, fixture.model)), ...words)
    if (fixture.identity !== undefined) {
      expect(await verify({ identity: 'somebody@models.example' })).toMatchObject(refused)
      expect(await verify({ issuer: 'https://models.example' })).toMatchObject(refused)
    } else if (fixture.rootCertificates !== undefined) {
      expect(await verify({}, '--time', '2020-01-01T00:00:00Z')).toMatchObject(refused)
      expect((await verify({}, '--time', '2026-01-01T00:00:00+01:00')).exit).toBe(0)
      expect(await verify({ publicKey: 'keys/certificate/signing-key-pub.pem' })).toMatchObject(refused)
    } else {
      const { publicKey: _, ...rest } = fixture
      const certificate = { ...rest, rootCertificates: ['keys/certificate/ca-cert.pem'] }
      expect(await place.json(...verifyWords(certificate, join(data, fixture.model)))).toMatchObject(refused)
    }
  }
})

test('the vectors of the specification are refused', async () => {
  const place = createWorkplace()
  const vectors = join(data, 'spec-vectors/v1.0')
  const bundles = ['invalid', 'invalid-payload'].flatMap((folder) =>
    readdirSync(join(vectors, folder)).map((name) => join(vectors, folder, name)),
  )
  expect(bundles.length).toBeGreaterThan(0)
  const key = join(data, 'keys/certificate/signing-key-pub.pem')
  for (const bundle of bundles) {
    const { exit, document } = await place.json('verify', 'digits', '--signature', bundle, '--public-key', key)
    expect([bundle, exit, document.verdict]).toEqual([bundle, 1, 'fail'])
  }
})

const openssl = ({ directory }: Workplace, line: string): string =>
  execFileSync('openssl', line.split(' '), { cwd: directory, encoding: 'utf8', stdio: 'pipe' })

test('a chain that openssl made signs, leaf first, and verifies under its root', async () => {
  const place = createWorkplace()
  place.write('leaf.ext', 'keyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\n')
  for (const name of ['root', 'leaf'])
    openssl(place, `genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ${name}.pem`)
  openssl(place, 'req -x509 -key root.pem -subj /CN=Root -days 30 -addext keyUsage=keyCertSign -out root.crt')
  openssl(place, 'req -new -key leaf.pem -subj /CN=Releases -out leaf.csr')
  openssl(place, 'x509 -req -in leaf.csr -CA root.crt -CAkey root.pem -days 1 -extfile leaf.ext -out leaf.crt')

  const signed = await place.json('sign', 'digits', '--private-key', 'leaf.pem', '--certificate', 'leaf.crt')
  expect([signed.exit, signed.document.error]).toEqual([0, undefined])
  const verify = (...words: string[]) => place.json('verify', 'digits', '--root-certificate', 'root.crt', ...words)
  const signer = { kind: 'certificate', subject: 'CN=Releases', issuer: 'CN=Root' }
  for (const words of [[], ['--time', 'now'], ['--time', 'signing']])
    expect(await verify(...words)).toMatchObject({ exit: 0, document: { verdict: 'pass', signer } })
  const inTenDays = new Date(Date.now() + 10 * 86_400_000).toISOString()
  expect(await verify('--time', inTenDays)).toMatchObject({ exit: 1, document: { code: 'SIGNATURE_UNTRUSTED' } })
  expect((await place.json('sign', 'digits', '--private-key', 'root.pem', '--certificate', 'leaf.crt')).exit).toBe(2)
})

const modulePath = '/usr/lib/softhsm/libsofthsm2.so'
const before = process.env.SOFTHSM2_CONF
afterAll(() => {
  if (before === undefined) delete process.env.SOFTHSM2_CONF
  else process.env.SOFTHSM2_CONF = before
})

test('a key in a token signs with the PIN of a file, and a wrong PIN is said without being shown', async () => {
  if (!existsSync(modulePath)) throw new Error(`expected SoftHSM at ${modulePath}; install softhsm2`)
  const place = createWorkplace()
  place.write('tokens/.keep', '')
  const configuration = place.write('softhsm2.conf', `directories.tokendir = ${join(place.directory, 'tokens')}\n`)
  process.env.SOFTHSM2_CONF = configuration
  const softhsm = (line: string) =>
    execFileSync('softhsm2-util', line.split(' '), { cwd: place.directory, stdio: 'pipe' })
  openssl(place, 'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key.pem')
  softhsm('--init-token --free --label models --pin 271828 --so-pin 314159')
  softhsm('--import key.pem --token models --label signing --id a1 --pin 271828')
  const publicKey = createPublicKey(readFileSync(join(place.directory, 'key.pem')))
  place.write('key.pub', publicKey.export({ type: 'spki', format: 'pem' }))
  place.write('pin', '271828\n')
  place.write('wrong-pin', '161803\n')

  const sign = (...words: string[]) =>
    place.nootropic(
      'sign',
      'digits',
      '--pkcs11',
      `pkcs11:token=models;object=signing?module-path=${modulePath}`,
      ...words,
    )
  const refused = await sign('--pin-file', 'wrong-pin')
  expect([refused.exit, refused.output]).toEqual([1, ''])
  expect(refused.diagnostics).toContain('KEY_UNAVAILABLE')
  expect(refused.diagnostics).not.toContain('161803')
  expect((await sign()).exit).toBe(1)
  expect(await sign('--pin-file', 'pin')).toMatchObject({ exit: 0, diagnostics: '' })
  expect((await place.nootropic('verify', 'digits', '--public-key', 'key.pub')).exit).toBe(0)
})
