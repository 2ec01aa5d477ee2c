import { generateKeyPairSync } from 'node:crypto'
import { appendFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
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

test('a public key in config/trusted-signers is trusted; another file there is refused with a sentence', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  await signModel(model, { signer: createKeySigner({ privateKey }) })
  const trusted = join(folder, 'home/config/trusted-signers')
  await mkdir(trusted, { recursive: true, mode: 0o700 })
  await writeFile(join(trusted, 'author.pem'), publicKey.export({ type: 'spki', format: 'pem' }), { mode: 0o600 })
  expect(codeSigning((await nootropic.register(model, options)).report)).toBe('pass')
  await writeFile(join(trusted, 'note.pem'), 'hello', { mode: 0o600 })
  await expect(nootropic.register(model, { ...options, version: '1.1.0' })).rejects.toMatchObject({
    code: 'CONFIGURATION_INVALID',
    message: expect.stringContaining('note.pem'),
  })
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
