import { generateKeyPairSync } from 'node:crypto'
import { appendFile, chmod, cp, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isNootropicError, type Report } from '@nootropic/core'
import { createKeySigner, signModel } from '@nootropic/validation/provenance'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Nootropic, openNootropic } from '../src/index.ts'

const digits = fileURLToPath(new URL('../../../examples/guard-a-model/models/digits', import.meta.url))

let folder: string
let model: string
let nootropic: Nootropic

// Isolation is runtime's to test, and behaviour is validation's; here every host will do, and only signatures are looked at.
const open = async (switches = {}): Promise<Nootropic> => {
  const behaviour = ['inputValidation', 'outputStability', 'resourceUsage', 'performanceProfiling']
  const validation = {
    securityChecks: {
      behavioralAnalysis: Object.fromEntries(behaviour.map((name) => [name, false])),
      codeAnalysis: 'codeSigningVerification' in switches ? switches : {},
    },
  }
  const update = { validation: 'signatureVerification' in switches ? switches : {} }
  const manifests = join(folder, 'policy.yaml')
  const head = { apiVersion: 'security.nootropic.ai/v1', kind: 'ModelSecurityPolicy', metadata: { name: 'policy' } }
  await writeFile(manifests, JSON.stringify({ ...head, spec: { validation, update } }))
  return openNootropic({ home: join(folder, 'home'), manifests, isolation: 'none', alertIntervalSeconds: 0 })
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nootropic-signed-'))
  model = join(folder, 'model')
  await cp(digits, model, { recursive: true })
  nootropic = await open()
})
afterEach(async () => {
  await nootropic.close()
  await rm(folder, { recursive: true })
})

const sign = async (): Promise<void> => {
  const { privateKey } = await nootropic.keyStore.createModelSigningKey('author', 'P-256')
  await signModel(model, { signer: createKeySigner({ privateKey }) })
}

const options = { name: 'digits', version: '1.0.0', acceptIncomplete: true }

/** The report of a refusal. */
const refusal = async (registration: Promise<unknown>): Promise<Report> => {
  const error = await registration.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (isNootropicError(error, 'MODEL_REFUSED')) return error.details.report as Report
  throw error ?? new Error('expected the model to be refused')
}

const codeSigning = ({ stages }: Report) => stages.find(({ name }) => name === 'code-signing')?.verdict
const rules = ({ findings }: Report) => findings.map(({ rule }) => rule).filter((rule) => rule.startsWith('provenance'))

test('a model that a key of the installation signed passes, and what was not signed of it is not sealed', async () => {
  await sign()
  const { ref, report } = await nootropic.register(model, options)
  expect(codeSigning(report)).toBe('pass')
  expect(await nootropic.verify(ref)).toBe('pass')
  expect(report.stages.find(({ name }) => name === 'code-signing')?.measurements.signedFiles).toBe(2)
})

test('where nobody is trusted the signature is incomplete, and is admitted by name only', async () => {
  const report = await refusal(nootropic.register(model, { ...options, acceptIncomplete: false }))
  expect([codeSigning(report), rules(report)]).toEqual(['incomplete', ['provenance/no-signers']])
  expect(codeSigning((await nootropic.register(model, options)).report)).toBe('incomplete')
})

test('once somebody is trusted, a model without signature, with another signer or with changed bytes is refused', async () => {
  await nootropic.keyStore.createModelSigningKey('author', 'P-256')
  expect(rules(await refusal(nootropic.register(model, options)))).toEqual(['provenance/unsigned'])

  const stranger = createKeySigner({ privateKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey })
  await signModel(model, { signer: stranger })
  expect(rules(await refusal(nootropic.register(model, options)))).toEqual(['provenance/signer-untrusted'])

  const { privateKey } = await nootropic.keyStore.modelSigningKey('author')
  await signModel(model, { signer: createKeySigner({ privateKey }) })
  await appendFile(join(model, 'README.md'), '\n')
  const changed = await refusal(nootropic.register(model, options))
  expect(rules(changed)).toEqual(['provenance/file-changed'])
  expect(await nootropic.list()).toEqual([])
})

test('a revoked key signs no more, also when it was the only one', async () => {
  await sign()
  const [{ keyId } = { keyId: '' }] = (await nootropic.keyStore.list()).filter(({ id }) => id === 'author')
  await nootropic.keyStore.setState(keyId, 'verify-only')
  expect(codeSigning((await nootropic.register(model, options)).report)).toBe('pass')
  await nootropic.keyStore.setState(keyId, 'revoked')
  const again = { ...options, version: '1.1.0' }
  expect(rules(await refusal(nootropic.register(model, again)))).toEqual(['provenance/signer-untrusted'])
})

test('what an operator sealed stays sealed when its registration is refused', async () => {
  await nootropic.sealed.seal(model, { name: 'digits', version: '0.9.0' })
  await nootropic.register(model, options)
  await expect(nootropic.register(model, { ...options, version: '0.9.0' })).rejects.toMatchObject({
    code: 'MODEL_EXISTS',
  })
  expect((await nootropic.sealed.list()).map(({ version }) => version)).toEqual(['0.9.0', '1.0.0'])
})

const trusted = (): string => join(folder, 'home/config/trusted-signers')

const writeSigner = async (name: string, text: string): Promise<void> => {
  await mkdir(trusted(), { recursive: true, mode: 0o700 })
  await writeFile(join(trusted(), name), text, { mode: 0o600 })
}

const signAs = async (namedCurve: string): Promise<string> => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
  await signModel(model, { signer: createKeySigner({ privateKey }) })
  return String(publicKey.export({ type: 'spki', format: 'pem' }))
}

test('every public key in config/trusted-signers is trusted, also where a file holds several', async () => {
  const [first, second] = [await signAs('P-384'), await signAs('P-256')]
  await writeSigner('authors.pem', `\ufeff${first}\r\nThe second -- BEGINNING --:\n${second}`)
  await writeSigner('.DS_Store', 'of a file manager')
  expect(codeSigning((await nootropic.register(model, options)).report)).toBe('pass')
})

test('an unknown signer, and nobody to trust, say where signers are named', async () => {
  const nobody = await nootropic.register(model, { ...options, acceptIncomplete: false }).catch(String)
  expect(nobody).toMatch(/found nobody\. .*config\/trusted-signers/)
  await nootropic.keyStore.createModelSigningKey('author', 'P-256')
  await signAs('P-256')
  expect(await nootropic.register(model, options).catch(String)).toContain(`put the key into ${trusted()})`)
})

const ec = (kind: 'spki' | 'pkcs8'): string => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return String(
    kind === 'spki'
      ? publicKey.export({ type: kind, format: 'pem' })
      : privateKey.export({ type: kind, format: 'pem' }),
  )
}
const rsa = String(
  generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }),
)

test.each([
  ['note.pem', 'hello', 'found neither'],
  ['empty.pem', '', 'found neither'],
  ['private.pem', ec('pkcs8'), 'found "PRIVATE KEY"'],
  ['beside.pem', ec('spki') + ec('pkcs8'), 'found "PRIVATE KEY"'],
  ['cut.pem', ec('spki') + ec('spki').slice(0, 90), 'one that is cut'],
  ['begin.pem', ec('spki') + ec('spki').replace('-----BEGIN', '----BEGIN'), 'one that is cut'],
  ['both.pem', ec('spki') + ec('spki').replaceAll('-----', '----'), 'one that is cut'],
  ['nested.pem', ec('spki').replace('\n', '\n-----BEGIN PUBLIC KEY-----\n'), 'one that is cut'],
  ['rsa.pem', ec('spki') + rsa, 'found rsa'],
  ['certificate.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'cannot be used'],
  ['author.pub', ec('spki'), 'call it "author.pub.pem"'],
])('what cannot be trusted is refused by its name: %s', async (name, text, found) => {
  await writeSigner(name, text)
  const error = await nootropic.register(model, options).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID', message: expect.stringContaining(name) })
  expect((error as Error).message).toContain(found)
})

test('a file of signers is as long as signers need, and no longer', async () => {
  await writeSigner('authors.pem', '-----BEGIN x\n'.repeat(100_000))
  await expect(nootropic.register(model, options)).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
    message: expect.stringContaining('authors.pem'),
  })
})

test.skipIf(process.platform === 'win32')(
  'a directory of signers that others can enter, or a link to one, is refused',
  async () => {
    await writeSigner('author.pem', ec('spki'))
    await chmod(trusted(), 0o755)
    const unreadable = (found: string) => ({ code: 'FILE_UNREADABLE', message: expect.stringContaining(found) })
    await expect(nootropic.register(model, options)).rejects.toMatchObject(unreadable(`chmod 700 '${trusted()}'`))
    await chmod(trusted(), 0o700)
    await chmod(join(trusted(), 'author.pem'), 0o644)
    await expect(nootropic.register(model, options)).rejects.toMatchObject(unreadable('author.pem'))
    await rename(trusted(), join(folder, 'elsewhere'))
    await symlink(join(folder, 'elsewhere'), trusted())
    await expect(nootropic.register(model, options)).rejects.toMatchObject(unreadable('a link'))
  },
)

test('a model has one digest, signed or not, registered or sealed: the root of its signature', async () => {
  const unsigned = await nootropic.register(model, options)
  await mkdir(join(model, '.git'))
  await writeFile(join(model, '.git/HEAD'), 'ref: refs/heads/main')
  await writeFile(join(model, '.gitattributes'), '*.onnx filter=lfs')
  const { privateKey } = await nootropic.keyStore.createModelSigningKey('author', 'P-256')
  const { digest } = await signModel(model, { signer: createKeySigner({ privateKey }) })
  const signed = await nootropic.register(model, { ...options, version: '1.1.0' })
  expect(signed.ref.digest).toBe(unsigned.ref.digest)
  expect(unsigned.ref.digest).toBe(digest)
  expect((await nootropic.sealed.seal(model, { name: 'stored', version: '1.0.0' })).digest).toBe(digest)
})

test.each([
  [{ codeSigningVerification: false }, undefined, 'fail'],
  [{ signatureVerification: false }, 'fail', undefined],
])('each switch turns its own verification off: %o', async (switches, atFirst, atUpdate) => {
  await nootropic.close()
  nootropic = await open(switches)
  await nootropic.keyStore.createModelSigningKey('author', 'P-256')
  const first = nootropic.register(model, options)
  if (atFirst === undefined) expect(codeSigning((await first).report)).toBeUndefined()
  else {
    expect(codeSigning(await refusal(first))).toBe(atFirst)
    const { privateKey } = await nootropic.keyStore.modelSigningKey('author')
    await signModel(model, { signer: createKeySigner({ privateKey }) })
    await nootropic.register(model, options)
    await rm(join(model, 'model.sig'))
  }
  const update = nootropic.update(model, { ...options, version: '1.1.0' })
  if (atUpdate === undefined) expect(codeSigning((await update).report)).toBeUndefined()
  else expect(codeSigning(await refusal(update))).toBe(atUpdate)
})
