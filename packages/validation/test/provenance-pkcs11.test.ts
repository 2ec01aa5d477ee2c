import { createHash, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attributes, objectClasses, returnValues, tokenFlags, userTypes } from '../src/provenance/pkcs11/constants.ts'
import { derSignatureOf, publicKeyOf } from '../src/provenance/pkcs11/elliptic-encoding.ts'
import { parsePkcs11Uri } from '../src/provenance/pkcs11/index.ts'
import type { Pkcs11Module } from '../src/provenance/pkcs11/module.ts'
import { openPkcs11Module } from '../src/provenance/pkcs11/module.ts'
import { openSignerOf, type Pkcs11SignerOptions } from '../src/provenance/pkcs11/open-signer.ts'

const curves = [
  { name: 'P-256', hash: 'sha256', oid: '06082a8648ce3d030107' },
  { name: 'P-384', hash: 'sha384', oid: '06052b81040022' },
  { name: 'P-521', hash: 'sha512', oid: '06052b81040023' },
] as const

const pointOf = (key: KeyObject, isWrapped: boolean): Buffer => {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  const header = point.length < 0x80 ? [4, point.length] : [4, 0x81, point.length]
  return isWrapped ? Buffer.concat([Buffer.from(header), point]) : point
}

/** A token in memory: what it does with one key is what a real one does, and what it is asked is written down. */
const testToken = (change: Partial<{ flags: bigint; answers: bigint[]; keys: bigint[]; asksAlways: boolean }> = {}) => {
  const { flags = tokenFlags.loginRequired, answers = [], keys = [7n], asksAlways = false } = change
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const asked: string[] = []
  const publicObject = 8n
  let started = false
  const module: Pkcs11Module = {
    slots: () => [1n, 2n],
    token: (slot) => {
      if (slot === 1n) throw new Error('a card of another kind')
      return { label: 'models', serial: '42', flags }
    },
    openSession: () => 3n,
    closeSession: () => void asked.push('close'),
    login: (_session, userType, pin) => {
      const who = userType === userTypes.contextSpecific ? 'again' : 'login'
      asked.push(`${who} ${pin === undefined ? 'keypad' : Buffer.from(pin).toString()}`)
      return answers.shift() ?? returnValues.ok
    },
    find: (_session, template) =>
      Buffer.from(template[0]?.value ?? []).readBigUInt64LE() === objectClasses.privateKey ? keys : [publicObject],
    read: (_session, object, type) => {
      if (type === attributes.id) return Buffer.from([1])
      if (type === attributes.alwaysAuthenticate) return Buffer.from([asksAlways ? 1 : 0])
      if (object !== publicObject) return undefined
      if (type === attributes.ecParameters) return Buffer.from(curves[0].oid, 'hex')
      return type === attributes.ecPoint ? pointOf(publicKey, true) : undefined
    },
    startSignature: () => {
      if (started) throw new Error('an operation is active')
      started = true
    },
    sign: (_session, digest) => {
      started = false
      asked.push(`sign ${digest.length}`)
      // Node hashes itself: the digest of what was asked is compared by the test through the signature.
      return sign('sha256', signed, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    },
    release: () => void asked.push('release'),
  }
  return { module, asked, publicKey }
}

const signed = Buffer.from('a statement')

const optionsWith = (change: Partial<Pkcs11SignerOptions> = {}) => {
  const pins: Buffer[] = []
  const options: Pkcs11SignerOptions = {
    module: '/test',
    token: 'models',
    key: { label: 'signing' },
    pin: () => {
      const pin = Buffer.from('1234')
      pins.push(pin)
      return pin
    },
    ...change,
  }
  return { options, pins }
}

test('a signer logs in once, signs in DER, wipes the PIN and gives everything back', async () => {
  const { module, asked, publicKey } = testToken()
  const { options, pins } = optionsWith()
  const signer = await openSignerOf(module, options)
  expect(signer.publicKey.equals(publicKey)).toBe(true)
  expect(verify('sha256', signed, signer.publicKey, await signer.sign(signed))).toBe(true)
  signer.close()
  signer.close()
  expect(asked).toEqual(['login 1234', 'sign 32', 'close', 'release'])
  expect(pins).toEqual([Buffer.alloc(4)])
  await expect(signer.sign(signed)).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' })
})

test('a wrong PIN is shown once, wiped, and told with the tries that are left', async () => {
  const cases = [
    { flags: 0n, sentence: 'does not say how many tries are left' },
    { flags: tokenFlags.pinCountLow, sentence: 'few tries are left before the token locks' },
    { flags: tokenFlags.pinCountLow | tokenFlags.pinFinalTry, sentence: 'one more wrong PIN locks the token' },
  ]
  for (const { flags, sentence } of cases) {
    const { module, asked } = testToken({
      flags: tokenFlags.loginRequired | flags,
      answers: [returnValues.pinIncorrect, returnValues.ok],
    })
    const { options, pins } = optionsWith()
    const opened = openSignerOf(module, options)
    await expect(opened).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' })
    await expect(opened).rejects.toThrow(sentence)
    await expect(opened).rejects.not.toThrow('1234')
    expect(asked).toEqual(['login 1234', 'close', 'release'])
    expect(pins).toEqual([Buffer.alloc(4)])
  }
})

test('a locked token is not tried, and nobody is asked for a PIN', async () => {
  const { module, asked } = testToken({ flags: tokenFlags.loginRequired | tokenFlags.pinLocked })
  const { options, pins } = optionsWith()
  await expect(openSignerOf(module, options)).rejects.toThrow('its security officer must set a new PIN')
  expect(asked).toEqual(['release'])
  expect(pins).toEqual([])
})

test('a key that asks each time gets the PIN once more for each signature', async () => {
  const { module, asked } = testToken({ asksAlways: true })
  const { options, pins } = optionsWith()
  const signer = await openSignerOf(module, options)
  await signer.sign(signed)
  await signer.sign(signed)
  expect(asked).toEqual(['login 1234', 'again 1234', 'sign 32', 'again 1234', 'sign 32'])
  expect(pins).toEqual([Buffer.alloc(4), Buffer.alloc(4), Buffer.alloc(4)])
  signer.close()
})

test('a token with a keypad needs no PIN of the host, any other does', async () => {
  const keypad = testToken({ flags: tokenFlags.loginRequired | tokenFlags.protectedAuthenticationPath })
  const { pin: _pin, ...options } = optionsWith().options
  const signer = await openSignerOf(keypad.module, options)
  signer.close()
  expect(keypad.asked[0]).toBe('login keypad')
  const plain = testToken()
  await expect(openSignerOf(plain.module, options)).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' })
  expect(plain.asked).toEqual(['close', 'release'])
})

test('a token or key that is not there, or not the only one, is refused by name', async () => {
  const opened = (change: Partial<Pkcs11SignerOptions>, keys: bigint[] = [7n]) =>
    openSignerOf(testToken({ keys }).module, optionsWith(change).options)
  await expect(opened({ token: 'model' })).rejects.toThrow('found the tokens "models"')
  await expect(opened({ serial: '43' })).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' })
  await expect(opened({}, [])).rejects.toThrow('one private EC key "signing" in the token, found none')
  await expect(opened({}, [7n, 9n])).rejects.toThrow('found several; name its id')
  await expect(opened({ key: {} })).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
})

test('points and signatures of every curve are read as tokens write them', () => {
  for (const { name, hash, oid } of curves) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: name })
    for (const isWrapped of [true, false]) {
      const read = publicKeyOf(Buffer.from(oid, 'hex'), pointOf(publicKey, isWrapped))
      expect(read?.equals(publicKey)).toBe(true)
    }
    for (let round = 0; round < 50; round += 1) {
      const message = createHash('sha256').update(`${name} ${round}`).digest()
      const raw = sign(hash, message, { key: privateKey, dsaEncoding: 'ieee-p1363' })
      expect(verify(hash, message, publicKey, derSignatureOf(raw))).toBe(true)
    }
  }
  expect(publicKeyOf(Buffer.from('06052b8104000a', 'hex'), Buffer.alloc(65, 4))).toBeUndefined()
  expect(publicKeyOf(Buffer.from(curves[0].oid, 'hex'), Buffer.alloc(65, 4))).toBeUndefined()
  expect(derSignatureOf(Buffer.alloc(64)).toString('hex')).toBe('3006020100020100')
})

test('a PKCS #11 URI names token, key and module, and nothing that would be passed over', () => {
  expect(
    parsePkcs11Uri('pkcs11:token=my%20models;serial=42;object=a%3Bb;type=private?module-path=/usr/lib/a.so'),
  ).toEqual({ module: '/usr/lib/a.so', token: 'my models', serial: '42', key: { label: 'a;b' } })
  expect(parsePkcs11Uri('pkcs11:token=a;id=%01%ff?module-path=/a')).toEqual({
    module: '/a',
    token: 'a',
    key: { id: Buffer.from([1, 255]) },
  })
  for (const uri of [
    'pkcs11:',
    'PKCS11:token=a;object=b?module-path=/a',
    'pkcs11:token=a?module-path=/a',
    'pkcs11:token=a;object=b',
    'pkcs11:object=b?module-path=/a',
    'pkcs11:token=a;token=b;object=b?module-path=/a',
    'pkcs11:token=a;object=%zz?module-path=/a',
    'pkcs11:token=a;object=b;type=public?module-path=/a',
    'pkcs11:token=a;object=b;manufacturer=c?module-path=/a',
    'pkcs11:token=a;object=b?module-path=/a&pin-source=/b',
  ]) {
    expect(() => parsePkcs11Uri(uri)).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }))
  }
  const withPin = 'pkcs11:token=a;object=b?module-path=/a&pin-value=271828'
  expect(() => parsePkcs11Uri(withPin)).toThrow('a PIN in it')
  expect(() => parsePkcs11Uri(withPin)).not.toThrow('271828')
})

test('whatever the label is, a URI that names it is read back', () => {
  const text = fc.string({ unit: fc.constantFrom(...'a% ;=?&#/+:\\\u0000\u00e9\u{1f511}'), minLength: 1 })
  fc.assert(
    fc.property(text, text, (token, label) => {
      const uri = `pkcs11:token=${encodeURIComponent(token)};object=${encodeURIComponent(label)}?module-path=/a`
      expect(parsePkcs11Uri(uri)).toEqual({ module: '/a', token, key: { label } })
    }),
    { seed: 11, numRuns: 50 },
  )
})

test('a module is loaded by its absolute path alone', async () => {
  await expect(openPkcs11Module('libsofthsm2.so')).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
  await expect(openPkcs11Module('/nothing/there.so')).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
})
