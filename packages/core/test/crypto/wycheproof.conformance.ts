import { createCipheriv, createDecipheriv, createHmac, createPublicKey, createSecretKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { hkdfExpand } from '../../src/crypto/hkdf.ts'
import { unwrapKey } from '../../src/crypto/key-wrap.ts'
import { sharedData } from './shared-data.ts'

// What the sealed files and the key store rely on: Node's AES-256-GCM with 96-bit IVs and 128-bit tags, our HKDF-Expand,
// Node's Ed25519. The vectors are Wycheproof's (C2SP).
const hex = z.string().transform((text) => Buffer.from(text, 'hex'))
const vector = { tcId: z.number(), result: z.enum(['valid', 'invalid', 'acceptable']) }

const readGroups = <Schema extends z.ZodType>(file: string, group: Schema): z.infer<Schema>[] => {
  const text = readFileSync(sharedData(`wycheproof/${file}`), 'utf8')
  return z.object({ testGroups: z.array(group) }).parse(JSON.parse(text)).testGroups
}

test('AES-256-GCM: what Wycheproof calls valid opens, and nothing else', () => {
  const schema = z.object({
    ivSize: z.number(),
    keySize: z.number(),
    tagSize: z.number(),
    tests: z.array(z.object({ ...vector, key: hex, iv: hex, aad: hex, msg: hex, ct: hex, tag: hex })),
  })
  const tests = readGroups('aes_gcm_test.json', schema)
    .filter((group) => group.keySize === 256 && group.ivSize === 96 && group.tagSize === 128)
    .flatMap((group) => group.tests)
  expect(tests.length).toBeGreaterThan(50)
  for (const { tcId, result, key, iv, aad, msg, ct, tag } of tests) {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 }).setAAD(aad)
    const opened = decipher.update(ct)
    const finish = () => decipher.setAuthTag(tag).final()
    if (result === 'valid') {
      finish()
      expect(opened, `test ${tcId}`).toEqual(msg)
      const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 16 }).setAAD(aad)
      expect(Buffer.concat([cipher.update(msg), cipher.final()]), `test ${tcId}`).toEqual(ct)
      expect(cipher.getAuthTag(), `test ${tcId}`).toEqual(tag)
    } else {
      expect(finish, `test ${tcId}`).toThrow()
    }
    // The same through the key store's own unwrapping.
    const wrapped = Buffer.concat([Uint8Array.of(1), iv, ct, tag])
    const unwrapped = unwrapKey(createSecretKey(key), wrapped, aad)
    if (ct.length > 0) expect(unwrapped, `test ${tcId}`).toEqual(result === 'valid' ? msg : undefined)
  }
})

test('AES-256-GCM: a shortened tag is refused', () => {
  const key = Buffer.alloc(32)
  const iv = Buffer.alloc(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
  cipher.final()
  const tag = cipher.getAuthTag()
  for (let length = 0; length < 16; length += 1) {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
    expect(() => decipher.setAuthTag(tag.subarray(0, length))).toThrow('Invalid authentication tag length')
  }
})

test.each(['sha256', 'sha384'] as const)('HKDF-Expand with %s', (hash) => {
  const schema = z.object({
    tests: z.array(z.object({ ...vector, ikm: hex, salt: hex, info: hex, size: z.number(), okm: hex })),
  })
  const tests = readGroups(`hkdf_${hash}_test.json`, schema).flatMap((group) => group.tests)
  expect(tests.length).toBeGreaterThan(80)
  for (const { tcId, result, ikm, salt, info, size, okm } of tests) {
    const extracted = createHmac(hash, salt).update(ikm).digest()
    const expand = () => hkdfExpand(hash, extracted, info, size)
    if (result === 'valid') expect(expand(), `test ${tcId}`).toEqual(okm)
    else expect(expand, `test ${tcId}`).toThrow('at most')
  }
})

test('Ed25519: what Wycheproof calls valid verifies, and nothing else', () => {
  const schema = z.object({ publicKeyPem: z.string(), tests: z.array(z.object({ ...vector, msg: hex, sig: hex })) })
  let count = 0
  for (const { publicKeyPem, tests } of readGroups('ed25519_test.json', schema)) {
    const key = createPublicKey(publicKeyPem)
    for (const { tcId, result, msg, sig } of tests) {
      expect(verify(null, msg, key, sig), `test ${tcId}`).toBe(result === 'valid')
      count += 1
    }
  }
  expect(count).toBe(151)
})
