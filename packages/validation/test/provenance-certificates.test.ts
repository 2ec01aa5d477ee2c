import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createManualClock } from '@nootropic/core'
import { expect, test } from 'vitest'
import { readCertificate } from '../src/provenance/certificate.ts'
import { createKeySigner, type TimePolicy, trustCertificates } from '../src/provenance/index.ts'
import {
  anyPurpose,
  authority,
  certificateSign,
  codeSigning,
  digitalSignature,
  extension,
  type Minted,
  mint,
  mintLeaf,
  mintRoot,
  purposes,
  serverAuthentication,
  usage,
} from './provenance/mint-certificate.ts'
import { rulesOf, signedModel } from './provenance/signed-model.ts'

const intermediate = (issuer: Minted, extensions = [authority(), usage(certificateSign)], subject = 'intermediate') =>
  mint({ subject, issuer, extensions })

/** A model signed with the key of the first certificate, and a bundle with all of them, whether they hold or not. */
const signedBy = async (chain: readonly Minted[]) => {
  const [leaf] = chain as [Minted]
  const signer = createKeySigner({ privateKey: leaf.privateKey })
  const model = await signedModel({ a: 'a' }, { signer })
  const bundle = JSON.parse(readFileSync(model.signature, 'utf8'))
  const certificates = chain.map(({ der }) => ({ rawBytes: der.toString('base64') }))
  bundle.verificationMaterial = { x509CertificateChain: { certificates }, tlogEntries: [] }
  writeFileSync(model.signature, JSON.stringify(bundle))
  return model
}

const clock = createManualClock('2026-06-01T00:00:00Z')

const verifyChain = async (chain: readonly Minted[], roots: readonly Minted[], time: TimePolicy = 'now') =>
  (await signedBy(chain)).verify({ trust: trustCertificates({ roots: roots.map(({ pem }) => pem), time, clock }) })

test('a leaf, an authority between, and a root that is trusted', async () => {
  const root = mintRoot()
  const middle = intermediate(root)
  const leaf = mintLeaf(middle, { subject: 'Ada Lovelace' })
  const pass = { verdict: 'pass', findings: [], signer: { kind: 'certificate', subject: 'CN=Ada Lovelace' } }
  expect(await verifyChain([leaf, middle], [root])).toMatchObject(pass)
  // The root may be in the bundle, and any authority may be the one that is trusted.
  expect(await verifyChain([leaf, middle, root], [root])).toMatchObject(pass)
  expect(await verifyChain([leaf, middle], [middle])).toMatchObject(pass)
  expect(await verifyChain([leaf], [mintRoot('other'), middle])).toMatchObject(pass)
})

test('a certificate that was issued to itself is trusted when it is named', async () => {
  const own = mint({ subject: 'own', extensions: [usage(digitalSignature)] })
  expect((await verifyChain([own], [own])).verdict).toBe('pass')
  const stranger = await verifyChain([own], [mintRoot()])
  expect(stranger).toMatchObject({ verdict: 'fail', code: 'SIGNATURE_UNTRUSTED' })
})

test('a leaf may have the name of its issuer', async () => {
  const root = mintRoot()
  const middle = intermediate(root, undefined, 'same')
  expect((await verifyChain([mintLeaf(middle, { subject: 'same' }), middle], [root])).verdict).toBe('pass')
})

test('each curve signs, and a purpose is enough', async () => {
  const root = mintRoot()
  for (const curve of ['P-256', 'P-384', 'P-521'])
    expect((await verifyChain([mintLeaf(root, { curve })], [root])).verdict, curve).toBe('pass')
  for (const extensions of [
    [purposes(codeSigning)],
    [usage(digitalSignature), purposes(serverAuthentication, codeSigning)],
    [usage(digitalSignature), purposes(anyPurpose)],
  ])
    expect((await verifyChain([mintLeaf(root, { extensions })], [root])).verdict).toBe('pass')
})

test('certificates that do not hold are bad evidence', async () => {
  const root = mintRoot()
  const middle = intermediate(root)
  const leaf = mintLeaf(middle)
  const impostor = intermediate(mintRoot())
  const noAuthority = mintLeaf(root, { subject: 'intermediate' })
  const unusable = intermediate(root, [authority(), usage(digitalSignature)])
  const forServers = intermediate(root, [authority(), usage(certificateSign), purposes(serverAuthentication)])
  const short = intermediate(root, [authority(0), usage(certificateSign)], 'short')
  const below = intermediate(short, undefined, 'below')
  const strange = intermediate(root, [
    authority(),
    usage(certificateSign),
    extension('1.2.3.4', Buffer.from([5, 0]), true),
  ])
  const named = intermediate(root, [
    authority(),
    usage(certificateSign),
    extension('2.5.29.30', Buffer.from([0x30, 0])),
  ])
  const twice = intermediate(root, [authority(), authority(), usage(certificateSign)])
  const old = intermediate(root)
  const cases: Record<string, readonly [readonly Minted[], string]> = {
    'a link that is missing': [[mintLeaf(leaf), middle], 'issued by the next'],
    'an authority of the same name': [[leaf, impostor], 'issued by the next'],
    'another order': [[leaf, root, middle], 'issued by the next'],
    'one too many': [[leaf, middle, mintRoot('stray')], 'issued by the next'],
    'an issuer that is no authority': [[mintLeaf(noAuthority), noAuthority], 'CA'],
    'an issuer that may not sign certificates': [[mintLeaf(unusable), unusable], 'keyCertSign'],
    'an issuer for other purposes': [[mintLeaf(forServers), forServers], 'codeSigning'],
    'more authorities than are allowed': [[mintLeaf(below), below, short], '1 authorities below it'],
    'a leaf for nothing': [[mintLeaf(middle, { extensions: [] }), middle], 'neither'],
    'a leaf for servers': [[mintLeaf(middle, { extensions: [purposes(serverAuthentication)] }), middle], 'neither'],
    'a leaf for code that may make no signatures': [
      [mintLeaf(middle, { extensions: [usage(certificateSign), purposes(codeSigning)] }), middle],
      'a usage without digitalSignature',
    ],
    'a leaf for servers that may make signatures': [
      [mintLeaf(middle, { extensions: [usage(digitalSignature), purposes(serverAuthentication)] }), middle],
      'purposes without codeSigning',
    ],
    'a critical extension that nobody understands': [[mintLeaf(strange), strange], '1.2.3.4'],
    'names that are bounded': [[mintLeaf(named), named], '2.5.29.30'],
    'an extension twice': [[mintLeaf(twice), twice], 'an extension twice'],
    'SHA-1': [[mintLeaf(old, { hash: 'sha1' }), old], 'SHA-256 or better'],
    'an older version of certificates': [[mintLeaf(middle, { version: 1 }), middle], 'version'],
  }
  for (const [what, [chain, why]] of Object.entries(cases)) {
    const verification = await verifyChain(chain, [root])
    expect(verification, what).toMatchObject({ verdict: 'fail', code: 'SIGNATURE_INVALID' })
    expect(rulesOf(verification), what).toEqual(['certificate-invalid'])
    expect(verification.findings.map(({ message }) => message).join(), what).toContain(why)
    expect(verification.signer, what).toBeUndefined()
  }
})

test('an intermediate that was dropped leads to no root', async () => {
  const root = mintRoot()
  const verification = await verifyChain([mintLeaf(intermediate(root))], [root])
  expect(verification).toMatchObject({ verdict: 'fail', code: 'SIGNATURE_UNTRUSTED', signer: { subject: 'CN=leaf' } })
  expect(rulesOf(verification)).toEqual(['signer-untrusted'])
})

test('the time policy decides which moment counts', async () => {
  const root = mintRoot()
  const validFrom = new Date('2025-03-01T00:00:00Z')
  const expired = mintLeaf(root, { validFrom, validTo: new Date('2025-04-01T00:00:00Z') })
  const now = await verifyChain([expired], [root])
  expect(now).toMatchObject({ verdict: 'fail', code: 'SIGNATURE_UNTRUSTED' })
  expect(rulesOf(now)).toEqual(['certificate-expired'])
  for (const time of ['signing', new Date('2025-03-15T00:00:00Z')] as const) {
    const outlived = await verifyChain([expired], [root], time)
    expect(outlived).toMatchObject({ verdict: 'pass', signer: { subject: 'CN=leaf' } })
    expect(outlived.findings).toMatchObject([
      {
        rule: 'provenance/certificate-outlived',
        severity: 'info',
        message: expect.stringContaining('CN=leaf to be valid today, found that it ended at 2025-04-01'),
      },
    ])
  }
  expect((await verifyChain([mintLeaf(root)], [root], 'signing')).findings).toEqual([])
  expect((await verifyChain([expired], [root], new Date('2025-02-15T00:00:00Z'))).verdict).toBe('fail')
  const middle = mint({
    subject: 'expired authority',
    issuer: root,
    extensions: [authority(), usage(certificateSign)],
    validTo: new Date('2025-02-01T00:00:00Z'),
  })
  expect((await verifyChain([mintLeaf(middle, { validFrom }), middle], [root], 'signing')).verdict).toBe('fail')
  const far = mintLeaf(root, { validTo: new Date('9999-12-31T23:59:59Z') })
  expect((await verifyChain([far], [root])).verdict).toBe('pass')
})

test('a root that expired does not hide the one that it was renewed to, whichever comes first', async () => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const own = { subject: 'root', keys, extensions: [authority(), usage(certificateSign)] }
  const old = mint({ ...own, validTo: new Date('2025-12-31T00:00:00Z') })
  const renewed = mint({ ...own, validFrom: new Date('2025-06-01T00:00:00Z') })
  const middle = intermediate(renewed)
  const leaf = mintLeaf(middle)
  for (const chain of [
    [leaf, middle],
    [leaf, middle, old],
    [leaf, middle, renewed],
  ])
    for (const roots of [[old, renewed], [renewed, old], [renewed]])
      expect(await verifyChain(chain, roots)).toMatchObject({ verdict: 'pass', findings: [] })
  const expired = await verifyChain([leaf, middle], [old])
  expect(expired).toMatchObject({ verdict: 'fail', code: 'SIGNATURE_UNTRUSTED' })
  expect(rulesOf(expired)).toEqual(['certificate-expired'])
  // At the start of the leaf only the old root was valid.
  expect(rulesOf(await verifyChain([leaf, middle], [old, renewed], 'signing'))).toEqual(['certificate-outlived'])
})

test('a leaf with another kind of key signs no models', () => {
  const root = mintRoot()
  const keys = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
  const leaf = mintLeaf(root, { keys })
  expect(() => createKeySigner({ privateKey: leaf.privateKey, certificates: [leaf.pem] })).toThrow(
    expect.objectContaining({ code: 'CONFIGURATION_INVALID' }),
  )
})

test('certificates that nobody could verify are refused before anything is signed', async () => {
  const root = mintRoot()
  const middle = intermediate(root)
  const leaf = mintLeaf(middle)
  const below = mintLeaf(leaf)
  const past = mintLeaf(middle, { validTo: new Date('2026-05-31T23:59:59Z') })
  const future = mintLeaf(middle, { validFrom: new Date('2026-06-01T00:00:01Z') })
  const server = mintLeaf(middle, { extensions: [usage(digitalSignature), purposes(serverAuthentication)] })
  const cases: Record<string, readonly [Minted, readonly Minted[], string]> = {
    'of another key': [leaf, [mintLeaf(middle), middle], 'that of the signing key, found that of CN=leaf'],
    'the leaf last': [leaf, [middle, leaf], 'that of the signing key'],
    'in another order': [leaf, [leaf, root, middle], 'issued by the next one, of CN=root'],
    'of another issuer': [leaf, [leaf, intermediate(root)], 'issued by the next one'],
    'an issuer that may not issue': [below, [below, leaf, middle], 'basicConstraints'],
    'for servers': [server, [server, middle], 'purposes without codeSigning'],
    'expired yesterday': [past, [past, middle], 'found 2025-01-01T00:00:00.000Z to 2026-05-31T23:59:59.000Z'],
    'valid tomorrow': [future, [future, middle], 'to be valid at 2026-06-01T00:00:00.000Z'],
    'too many': [leaf, Array<Minted>(11).fill(leaf), 'expected 1 to 10 certificates, found 11'],
  }
  for (const [what, [{ privateKey }, chain, why]] of Object.entries(cases)) {
    let signed = 0
    const certificates = chain.map(({ pem }) => pem)
    const key = createKeySigner({ privateKey, certificates })
    const signer = {
      ...key,
      sign: (message: Uint8Array) => {
        signed += 1
        return key.sign(message)
      },
    }
    await expect(signedModel({ a: 'a' }, { signer, clock }), what).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining(why),
    })
    expect(signed, what).toBe(0)
  }
  const empty = { ...createKeySigner({ privateKey: leaf.privateKey }), certificates: [] }
  await expect(signedModel({ a: 'a' }, { signer: empty })).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
})

test('a bundle of a key says nothing to a trust in certificates', async () => {
  const model = await signedModel({ a: 'a' })
  const verification = await model.verify({ trust: trustCertificates({ roots: [mintRoot().pem], time: 'now' }) })
  expect(verification).toMatchObject({ verdict: 'fail', code: 'SIGNATURE_UNTRUSTED' })
  expect(rulesOf(verification)).toEqual(['material-unwanted'])
})

test('no byte of a certificate can change', async () => {
  const root = mintRoot()
  const leaf = mintLeaf(root)
  const signer = createKeySigner({ privateKey: leaf.privateKey, certificates: [leaf.pem] })
  const model = await signedModel({ a: 'a' }, { signer })
  const trust = trustCertificates({ roots: [root.pem], time: new Date('2026-01-01T00:00:00Z') })
  expect((await model.verify({ trust })).verdict).toBe('pass')
  const text = readFileSync(model.signature, 'utf8')
  for (let index = 0; index < leaf.der.length; index += 1) {
    const bent = Buffer.from(leaf.der)
    bent[index] = (bent[index] ?? 0) ^ (1 << (index % 8))
    writeFileSync(model.signature, text.replace(leaf.der.toString('base64'), bent.toString('base64')))
    expect((await model.verify({ trust })).verdict, `byte ${index}`).toBe('fail')
  }
})

test('bytes that are no certificate are told, in a bundle and in a policy', () => {
  const root = mintRoot()
  for (const der of [
    Buffer.alloc(0),
    Buffer.from('certificate'),
    root.der.subarray(0, -1),
    Buffer.concat([root.der, Buffer.alloc(1)]),
  ])
    expect(() => readCertificate(der)).toThrow()
  const broken = root.pem.replace(/[A-Za-z]{8}/g, 'AAAAAAAA')
  for (const roots of [[], ['no certificate'], [broken]])
    expect(() => trustCertificates({ roots, time: 'now' })).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID' }),
    )
})

test('a time policy that is no time is refused, not taken for any time', () => {
  for (const time of [new Date('never'), 'never' as 'now', undefined as unknown as 'now']) {
    expect(() => trustCertificates({ roots: [mintRoot().pem], time })).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID' }),
    )
  }
})
