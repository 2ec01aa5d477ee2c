import { execFileSync } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signModel, trustPublicKey, verifyModel } from '../src/provenance/index.ts'
import { inTotoPayloadType, preAuthenticationEncoding } from '../src/provenance/pae.ts'
import { openPkcs11Signer, type Pkcs11SignerOptions } from '../src/provenance/pkcs11/index.ts'

// SoftHSM, as Debian's package softhsm2 installs it, and openssl, which makes the keys and checks the signatures.
const modulePath = '/usr/lib/softhsm/libsofthsm2.so'
const pin = '271828'

const curves = [
  { label: 'key-256', id: 'a256', name: 'P-256', hash: 'sha256' },
  { label: 'key-384', id: 'a384', name: 'P-384', hash: 'sha384' },
  { label: 'key-521', id: 'a521', name: 'P-521', hash: 'sha512' },
] as const

let directory = ''
beforeAll(() => {
  if (!existsSync(modulePath)) throw new Error(`expected SoftHSM at ${modulePath}; install softhsm2`)
  directory = mkdtempSync(join(tmpdir(), 'nootropic-pkcs11-'))
  mkdirSync(join(directory, 'tokens'))
  const configuration = join(directory, 'softhsm2.conf')
  writeFileSync(configuration, `directories.tokendir = ${join(directory, 'tokens')}\nlog.level = ERROR\n`)
  process.env.SOFTHSM2_CONF = configuration
  const softhsm = (...args: string[]) => execFileSync('softhsm2-util', args, { stdio: 'pipe' })
  softhsm('--init-token', '--free', '--label', 'models', '--pin', pin, '--so-pin', '314159')
  for (const { label, id, name } of curves) {
    const file = join(directory, `${label}.pem`)
    execFileSync('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${name}`, '-out', file], {
      stdio: 'pipe',
    })
    softhsm('--import', file, '--token', 'models', '--label', label, '--id', id, '--pin', pin)
  }
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const open = (options: Partial<Pkcs11SignerOptions> = {}) =>
  openPkcs11Signer({
    module: modulePath,
    token: 'models',
    key: { label: 'key-256' },
    pin: () => Buffer.from(pin),
    ...options,
  })

test('models signed in a token verify, by openssl and by their public key', async () => {
  for (const { label, id, hash } of curves) {
    const model = join(directory, `model-${label}`)
    mkdirSync(model)
    writeFileSync(join(model, 'weights.bin'), label)
    const signer = await open({ key: { label, id: Buffer.from(id, 'hex') } })
    const { signature } = await signModel(model, { signer })
    signer.close()
    const publicKey = createPublicKey(readFileSync(join(directory, `${label}.pem`)))
    expect(signer.publicKey.equals(publicKey)).toBe(true)

    const { dsseEnvelope } = JSON.parse(readFileSync(signature, 'utf8'))
    const payload = Buffer.from(dsseEnvelope.payload, 'base64')
    const paths = ['message', 'signature', 'key'].map((name) => join(directory, `${label}.${name}`))
    const [message = '', detached = '', key = ''] = paths
    writeFileSync(message, preAuthenticationEncoding(inTotoPayloadType, payload))
    writeFileSync(detached, Buffer.from(dsseEnvelope.signatures[0].sig, 'base64'))
    writeFileSync(key, publicKey.export({ type: 'spki', format: 'pem' }))
    const answer = execFileSync('openssl', ['dgst', `-${hash}`, '-verify', key, '-signature', detached, message])
    expect(answer.toString().trim()).toBe('Verified OK')

    const trust = trustPublicKey({ publicKey })
    expect(await verifyModel(model, { signature, trust })).toMatchObject({ verdict: 'pass', findings: [] })
  }
})

test('two signers of one module do not end each other', async () => {
  const first = await open()
  const second = await open({ key: { label: 'key-384' } })
  first.close()
  expect((await second.sign(Buffer.from('a'))).length).toBeGreaterThan(90)
  second.close()
  const third = await open()
  expect((await third.sign(Buffer.from('a'))).length).toBeGreaterThan(60)
  third.close()
})

test('a wrong PIN, token or key is one refusal that says what to do, without the PIN', async () => {
  let asked = 0
  const wrong = open({
    pin: () => {
      asked += 1
      return Buffer.from('662607')
    },
  })
  await expect(wrong).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' })
  await expect(wrong).rejects.toThrow('the PIN is wrong, and it is not tried again; few tries are left')
  await expect(wrong).rejects.not.toThrow('662607')
  expect(asked).toBe(1)
  await expect(open({ token: 'others' })).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' })
  await expect(open({ key: { label: 'others' } })).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' })
  await expect(open({ key: { id: Buffer.from('a2') } })).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' })
})
