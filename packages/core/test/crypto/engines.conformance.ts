import { createSecretKey, generateKeyPairSync, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { type Hash, hkdf, loadPortableEngine, nodeEngine, openFloe, sealFloe } from '../../src/crypto/index.ts'
import { isNootropicError } from '../../src/errors.ts'
import { createSeededRandom, type SeededRandom } from '../../src/random.ts'

// Each engine is the other's oracle, on 100,000 random cases in all; the lengths stay around the edges of blocks.
const portable = await loadPortableEngine()
const hashes: readonly Hash[] = ['sha256', 'sha384', 'sha512', 'blake2b512']

const isRefused = (open: () => unknown): boolean => {
  try {
    open()
    return false
  } catch (error) {
    return isNootropicError(error, 'SEALED_FILE_CORRUPT')
  }
}

const bytes = (random: SeededRandom, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => random.integer(256)))
const someBytes = (random: SeededRandom, most: number): Buffer => bytes(random, random.integer(most + 1))
const pick = <Value>(random: SeededRandom, values: readonly Value[]): Value =>
  values[random.integer(values.length)] as Value

const inPieces = (random: SeededRandom, content: Buffer): Buffer[] => {
  const at = random.integer(content.length + 1)
  return [content.subarray(0, at), content.subarray(at)]
}

const flip = (random: SeededRandom, content: Buffer): Buffer => {
  const changed = Buffer.from(content)
  const at = random.integer(changed.length)
  changed[at] = (changed[at] as number) ^ (1 << random.integer(8))
  return changed
}

const each = (seed: number, count: number, work: (random: SeededRandom, index: number) => void): void => {
  const random = createSeededRandom(seed)
  for (let index = 0; index < count; index += 1) work(random, index)
}

// Comparing bytes by expect() 100,000 times would take longer than computing them.
const verifySame = (one: Uint8Array, other: Uint8Array, index: number): void => {
  if (!Buffer.from(one).equals(other)) expect(one, `case ${index}`).toEqual(other)
}

test('26,500 hashes are the same', () => {
  each(1, 26_500, (random, index) => {
    const hash = pick(random, hashes)
    const content = someBytes(random, 300)
    verifySame(nodeEngine.hash(hash, content), portable.hash(hash, content), index)
  })
})

test('25,000 HMACs are the same', () => {
  each(2, 25_000, (random, index) => {
    const hash = pick(random, hashes)
    const key = someBytes(random, 150)
    const content = someBytes(random, 200)
    const portableKey = index % 2 === 0 ? key : createSecretKey(key)
    verifySame(nodeEngine.hmac(hash, key, content), portable.hmac(hash, portableKey, content), index)
  })
})

test('10,000 derived keys are the same', () => {
  each(3, 10_000, (random, index) => {
    const hash = pick(random, hashes)
    const secret = someBytes(random, 100)
    const parameters = { salt: someBytes(random, 80), info: someBytes(random, 50), length: random.integer(200) }
    verifySame(hkdf(hash, secret, parameters, nodeEngine), hkdf(hash, secret, parameters, portable), index)
  })
})

test('30,000 contents are sealed alike by AES-256-GCM, and a changed one is refused by both', () => {
  each(4, 30_000, (random, index) => {
    const parameters = {
      key: bytes(random, 32),
      iv: bytes(random, pick(random, [8, 11, 12, 12, 12, 13, 16, 60, 128])),
      associatedData: someBytes(random, 40),
    }
    const content = someBytes(random, 150)
    const [byNode, byPortable] = [Buffer.alloc(content.length + 16), Buffer.alloc(content.length + 16)]
    nodeEngine.sealGcm(parameters, inPieces(random, content), byNode)
    portable.sealGcm(parameters, inPieces(random, content), byPortable)
    verifySame(byNode, byPortable, index)
    const isChanged = random.integer(2) === 1
    const sealed = isChanged ? flip(random, byNode) : byNode
    const expected = isChanged ? Buffer.alloc(content.length) : content
    for (const engine of [nodeEngine, portable]) {
      const opened = Buffer.alloc(content.length, 1)
      const pieces = inPieces(random, sealed.subarray(0, -16))
      if (engine.openGcm(parameters, pieces, sealed.subarray(-16), opened) === isChanged) {
        expect.fail(`${engine.name} accepts a change or refuses none in case ${index}`)
      }
      verifySame(opened, expected, index)
    }
  })
})

test('5,000 contents sealed by one engine open with the other', () => {
  const engines = [nodeEngine, portable] as const
  each(5, 5_000, (random, index) => {
    const key = createSecretKey(bytes(random, 32))
    const associatedData = someBytes(random, 30)
    const [sealing, opening] = index % 2 === 0 ? engines : ([portable, nodeEngine] as const)
    const content = someBytes(random, 200)
    const segmentLength = 33 + random.integer(100)
    const sealed = sealFloe(key, content, { associatedData, segmentLength, engine: sealing })
    verifySame(openFloe(key, sealed, { associatedData, engine: opening }), content, index)
    const changed = flip(random, sealed)
    for (const engine of engines) {
      if (!isRefused(() => openFloe(key, changed, { associatedData, engine })))
        expect.fail(`${engine.name}: case ${index}`)
    }
  })
})

test.each([
  ['P-256', 1_200],
  ['P-384', 500],
  ['P-521', 300],
] as const)('ECDSA on %s: both engines judge %i signatures alike', (namedCurve, count) => {
  const signers = [1, 2, 3].map(() => generateKeyPairSync('ec', { namedCurve }))
  each(6, count, (random, index) => {
    const hash = pick(random, ['sha256', 'sha384', 'sha512'] as const)
    const signer = pick(random, signers)
    const content = someBytes(random, 100)
    const genuine = sign(hash, content, signer.privateKey)
    const isChanged = random.integer(2) === 1
    const signature = isChanged ? flip(random, genuine) : genuine
    for (const engine of [nodeEngine, portable]) {
      const holds = engine.verifyEcdsa(hash, signer.publicKey, content, signature)
      if (holds === isChanged) expect.fail(`${engine.name} is wrong in case ${index}`)
    }
  })
})

test('Ed25519: both engines judge 1,500 signatures alike', () => {
  const signers = [1, 2, 3].map(() => generateKeyPairSync('ed25519'))
  each(7, 1_500, (random, index) => {
    const signer = pick(random, signers)
    const content = someBytes(random, 100)
    const genuine = sign(null, content, signer.privateKey)
    const isChanged = random.integer(2) === 1
    const signature = isChanged ? flip(random, genuine) : genuine
    for (const engine of [nodeEngine, portable]) {
      const holds = engine.verifyEd25519(signer.publicKey, content, signature)
      if (holds === isChanged) expect.fail(`${engine.name} is wrong in case ${index}`)
    }
  })
})
