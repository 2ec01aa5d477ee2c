import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type CryptoEngine, type Hash, hkdf } from '../../src/crypto/index.ts'
import { engines } from './engines.ts'
import { sharedData } from './shared-data.ts'

// Every file of Wycheproof (C2SP) that concerns what an engine offers, on both engines. What Wycheproof calls invalid must
// be refused without exception; what it calls valid and an engine refuses is listed by name.
const hex = z.string().transform((text) => Buffer.from(text, 'hex'))
const vector = { tcId: z.number(), result: z.enum(['valid', 'invalid', 'acceptable']) }

const readGroups = <Schema extends z.ZodType>(file: string, group: Schema): z.infer<Schema>[] => {
  const text = readFileSync(sharedData(`wycheproof/${file}`), 'utf8')
  return z.object({ testGroups: z.array(group) }).parse(JSON.parse(text)).testGroups
}

interface Outcome {
  tests: number
  falselyAccepted: number[]
  falselyRefused: number[]
}

const judge = (vectors: { tcId: number; result: string }[], accepts: (position: number) => boolean): Outcome => {
  const outcome: Outcome = { tests: vectors.length, falselyAccepted: [], falselyRefused: [] }
  for (const [position, { tcId, result }] of vectors.entries()) {
    const isAccepted = accepts(position)
    if (isAccepted && result === 'invalid') outcome.falselyAccepted.push(tcId)
    if (!isAccepted && result === 'valid') outcome.falselyRefused.push(tcId)
  }
  return outcome
}

const refusesUsage = <Result>(work: () => Result): Result | undefined => {
  try {
    return work()
  } catch (error) {
    expect(error).toMatchObject({ code: 'USAGE' })
    return undefined
  }
}

const gcmSchema = z.object({
  ivSize: z.number(),
  keySize: z.number(),
  tagSize: z.number(),
  tests: z.array(z.object({ ...vector, key: hex, iv: hex, aad: hex, msg: hex, ct: hex, tag: hex })),
})
const gcmGroups = readGroups('aes_gcm_test.json', gcmSchema)

describe.each(engines)('engine %s', (_, engine: CryptoEngine) => {
  const opens = ({ key, iv, aad, ct, tag, msg }: (typeof gcmGroups)[number]['tests'][number]): boolean => {
    const content = Buffer.alloc(ct.length, 1)
    const parameters = { key, iv, associatedData: aad }
    const isOpened = refusesUsage(() => engine.openGcm(parameters, [ct], tag, content)) === true
    if (!isOpened) return false
    expect(content).toEqual(msg)
    const sealed = Buffer.alloc(msg.length + 16)
    engine.sealGcm(parameters, [msg], sealed)
    expect(sealed).toEqual(Buffer.concat([ct, tag]))
    return true
  }

  test('AES-256-GCM: what is invalid is refused; of the valid, IVs below 8 and above 128 bytes', () => {
    const vectors = gcmGroups.filter(({ keySize }) => keySize === 256).flatMap(({ tests }) => tests)
    const outcome = judge(vectors, (position) => opens(vectors[position] as (typeof vectors)[number]))
    expect(outcome).toMatchObject({ tests: 105, falselyAccepted: [] })
    const outside = vectors.filter(({ iv, result }) => result === 'valid' && (iv.length < 8 || iv.length > 128))
    expect(outcome.falselyRefused).toEqual(outside.map(({ tcId }) => tcId))
    expect(outcome.falselyRefused).toMatchInlineSnapshot(`
      [
        276,
        299,
        300,
        301,
        302,
        303,
        304,
        305,
        306,
      ]
    `)
  })

  test('AES-GCM with shorter keys is refused', () => {
    const vectors = gcmGroups.filter(({ keySize }) => keySize !== 256).flatMap(({ tests }) => tests)
    expect(vectors.length).toBeGreaterThan(100)
    expect(vectors.filter(opens)).toEqual([])
  })

  test('AES-256-GCM: a shortened or lengthened tag is refused', () => {
    const parameters = { key: Buffer.alloc(32), iv: Buffer.alloc(12), associatedData: Buffer.alloc(0) }
    const sealed = Buffer.alloc(16)
    engine.sealGcm(parameters, [], sealed)
    const longer = Buffer.concat([sealed, Buffer.alloc(1)])
    for (let length = 0; length <= 17; length += 1) {
      expect(engine.openGcm(parameters, [], longer.subarray(0, length), Buffer.alloc(0))).toBe(length === 16)
    }
  })

  test.each([
    ['sha256', 86],
    ['sha384', 83],
    ['sha512', 83],
  ] as const)('HKDF with %s', (hash, count) => {
    const schema = z.object({
      tests: z.array(z.object({ ...vector, ikm: hex, salt: hex, info: hex, size: z.number(), okm: hex })),
    })
    const vectors = readGroups(`hkdf_${hash}_test.json`, schema).flatMap((group) => group.tests)
    const outcome = judge(vectors, (position) => {
      const { ikm, salt, info, size, okm } = vectors[position] as (typeof vectors)[number]
      return refusesUsage(() => hkdf(hash, ikm, { salt, info, length: size }, engine))?.equals(okm) === true
    })
    expect(outcome).toEqual({ tests: count, falselyAccepted: [], falselyRefused: [] })
  })

  const signatureSchema = z.object({
    publicKeyPem: z.string(),
    tests: z.array(z.object({ ...vector, msg: hex, sig: hex })),
  })
  const signatures = (file: string) =>
    readGroups(file, signatureSchema).flatMap(({ publicKeyPem, tests }) => {
      const key = createPublicKey(publicKeyPem)
      return tests.map((test) => ({ ...test, key }))
    })

  test.each([
    ['secp256r1', 'sha256', 484],
    ['secp256r1', 'sha512', 554],
    ['secp384r1', 'sha256', 472],
    ['secp384r1', 'sha384', 504],
    ['secp384r1', 'sha512', 542],
    ['secp521r1', 'sha512', 542],
  ] as const)('ECDSA on %s with %s', (curve, hash: Hash, count) => {
    const vectors = signatures(`ecdsa_${curve}_${hash}_test.json`)
    const outcome = judge(vectors, (position) => {
      const { key, msg, sig } = vectors[position] as (typeof vectors)[number]
      return engine.verifyEcdsa(hash, key, msg, sig)
    })
    expect(outcome).toEqual({ tests: count, falselyAccepted: [], falselyRefused: [] })
  })

  test('ECDSA: a signature that is not in DER is refused', () => {
    for (const file of ['secp256r1_sha256', 'secp384r1_sha384', 'secp521r1_sha512']) {
      const vectors = signatures(`ecdsa_${file}_p1363_test.json`)
      expect(vectors.length).toBeGreaterThan(200)
      const hash = file.slice(file.indexOf('_') + 1) as Hash
      expect(vectors.filter(({ key, msg, sig }) => engine.verifyEcdsa(hash, key, msg, sig))).toEqual([])
    }
  })

  test('Ed25519', () => {
    const vectors = signatures('ed25519_test.json')
    const outcome = judge(vectors, (position) => {
      const { key, msg, sig } = vectors[position] as (typeof vectors)[number]
      return engine.verifyEd25519(key, msg, sig)
    })
    expect(outcome).toEqual({ tests: 151, falselyAccepted: [], falselyRefused: [] })
  })
})
