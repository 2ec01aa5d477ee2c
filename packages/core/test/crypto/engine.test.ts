import { createSecretKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { release } from '../../src/crypto/engine/release.ts'
import { engines } from './engines.ts'

const usage = expect.objectContaining({ code: 'USAGE' })
const parameters = { key: randomBytes(32), iv: randomBytes(12), associatedData: Buffer.from('name') }

test.each(engines)('%s: what was sealed in pieces of any size opens in others', (_, engine) => {
  // More than one step of the node engine (64 KiB), and not a whole number of them.
  const content = randomBytes(150_001)
  const sealed = Buffer.alloc(content.length + 16)
  engine.sealGcm(parameters, [content.subarray(0, 70_000), content.subarray(70_000)], sealed)
  const opened = Buffer.alloc(content.length)
  const [tag, ciphertext] = [sealed.subarray(-16), sealed.subarray(0, -16)]
  expect(engine.openGcm(parameters, [ciphertext.subarray(0, 1), ciphertext.subarray(1)], tag, opened)).toBe(true)
  expect(opened.equals(content)).toBe(true)
})

test.each(engines)('%s: what is sealed and opened in its own memory is the same', (_, engine) => {
  const content = randomBytes(150_001)
  const apart = Buffer.alloc(content.length + 16)
  engine.sealGcm(parameters, [content], apart)
  const bytes = Buffer.concat([content, Buffer.alloc(16)])
  const [inside, tag] = [bytes.subarray(0, -16), bytes.subarray(-16)]
  engine.sealGcm(parameters, [inside], bytes)
  expect(bytes.equals(apart)).toBe(true)
  expect(engine.openGcm(parameters, [inside], tag, inside)).toBe(true)
  expect(inside.equals(content)).toBe(true)
  // What is there now is not what the tag is of.
  expect(engine.openGcm(parameters, [inside], tag, inside)).toBe(false)
  expect(inside.every((byte) => byte === 0)).toBe(true)
})

test.each(engines)('%s: of a changed content nothing is left in the buffer', (_, engine) => {
  const sealed = Buffer.alloc(100_016)
  engine.sealGcm(parameters, [randomBytes(100_000)], sealed)
  const opened = Buffer.alloc(100_000, 1)
  sealed[5] = (sealed[5] as number) ^ 1
  expect(engine.openGcm(parameters, [sealed.subarray(0, -16)], sealed.subarray(-16), opened)).toBe(false)
  expect(opened.every((byte) => byte === 0)).toBe(true)
})

test.each(engines)('%s: a key given as bytes and as KeyObject is the same', (_, engine) => {
  const [one, other] = [Buffer.alloc(16), Buffer.alloc(16)]
  engine.sealGcm(parameters, [], one)
  engine.sealGcm({ ...parameters, key: createSecretKey(parameters.key) }, [], other)
  expect(one).toEqual(other)
})

test.each(engines)('%s: keys, IVs and buffers of another length are refused', (_, engine) => {
  const seal = (changed: object, length = 16) => engine.sealGcm({ ...parameters, ...changed }, [], Buffer.alloc(length))
  for (const key of [randomBytes(16), randomBytes(24), createSecretKey(randomBytes(16))]) {
    expect(() => seal({ key })).toThrow(usage)
  }
  for (const length of [0, 7, 129]) expect(() => seal({ iv: Buffer.alloc(length) })).toThrow(usage)
  for (const length of [0, 15, 17]) expect(() => seal({}, length)).toThrow(usage)
  expect(() => engine.openGcm(parameters, [Buffer.alloc(3)], Buffer.alloc(16), Buffer.alloc(4))).toThrow(usage)
})

test.each(engines)('%s: keys of another kind verify nothing', (_, engine) => {
  const content = Buffer.from('content')
  const ed25519 = generateKeyPairSync('ed25519')
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const otherCurve = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
  const signature = sign('sha256', content, p256.privateKey)
  expect(engine.verifyEcdsa('sha256', p256.publicKey, content, signature)).toBe(true)
  expect(engine.verifyEcdsa('sha256', p256.publicKey, content, Buffer.alloc(0))).toBe(false)
  for (const key of [ed25519.publicKey, otherCurve.publicKey, p256.privateKey, createSecretKey(content)]) {
    expect(() => engine.verifyEcdsa('sha256', key, content, signature)).toThrow(usage)
  }
  expect(engine.verifyEd25519(ed25519.publicKey, content, sign(null, content, ed25519.privateKey))).toBe(true)
  expect(engine.verifyEd25519(ed25519.publicKey, content, Buffer.alloc(0))).toBe(false)
  for (const key of [p256.publicKey, ed25519.privateKey]) {
    expect(() => engine.verifyEd25519(key, content, signature)).toThrow(usage)
  }
})

test('released memory is gone at once, and memory that others share is left alone', () => {
  const own = Buffer.allocUnsafeSlow(64 * 1024)
  release(own)
  expect(own.length).toBe(0)
  const whole = Buffer.alloc(64 * 1024, 1)
  release(whole.subarray(0, 32 * 1024))
  release(Buffer.from('pooled'))
  expect(whole.every((byte) => byte === 1)).toBe(true)
})

test('the portable engine is loaded when it is asked for, and not before', () => {
  const source = new URL('../../src/crypto/', import.meta.url)
  const seen = new Set<string>()
  const packages = new Set<string>()
  const follow = (file: URL): void => {
    if (seen.has(file.href)) return
    seen.add(file.href)
    const text = readFileSync(file, 'utf8')
    for (const [, isType, from = ''] of text.matchAll(/^(?:import|export)( type)? .*?from '([^']+)'/gms)) {
      if (isType !== undefined) continue
      if (from.startsWith('.')) follow(new URL(from, file))
      else packages.add(from)
    }
  }
  follow(new URL('index.ts', source))
  expect(seen.has(new URL('engine/node.ts', source).href)).toBe(true)
  expect(seen.has(new URL('engine/portable.ts', source).href)).toBe(false)
  expect([...packages].filter((name) => name.startsWith('@noble/'))).toEqual([])
})
