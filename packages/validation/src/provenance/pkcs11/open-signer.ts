import { createHash, type KeyObject, X509Certificate } from 'node:crypto'
import { NootropicError } from '@nootropic/core'
import { printable } from '../../scan/rule.ts'
import type { Signer } from '../contracts.ts'
import { algorithmOf } from '../elliptic-key.ts'
import { isCertificateOf } from '../key-signer.ts'
import { certificatesOfPem } from '../pem-certificates.ts'
import {
  attributes,
  ecdsaMechanism,
  ellipticKeyType,
  nameOfReturnValue,
  objectClasses,
  returnValues,
  tokenFlags,
  userTypes,
} from './constants.ts'
import { derSignatureOf, publicKeyOf } from './elliptic-encoding.ts'
import { type Attribute, openPkcs11Module, type Pkcs11Module } from './module.ts'
import type { Pkcs11KeyReference } from './pkcs11-uri.ts'

/** Which key signs, and what opens its token. */
export interface Pkcs11SignerOptions extends Pkcs11KeyReference {
  /**
   * Asks for the PIN. Its bytes are overwritten with zeros as soon as the token has them. Asked once, and once more for each
   * signature of a key that wants it so; never again after a PIN that was wrong. Not needed for a token with its own keypad.
   */
  readonly pin?: () => Uint8Array | Promise<Uint8Array>
  /** PEM texts: the certificate of the key first, each followed by its issuer, without the root. */
  readonly certificates?: readonly string[]
}

/** A key in a token. It never leaves it. */
export interface Pkcs11Signer extends Signer {
  /** Ends the session with the token. */
  close(): void
}

const unavailable = (expected: string, found: string): NootropicError =>
  new NootropicError('KEY_UNAVAILABLE', `expected ${expected}, found ${found}`)

const ulong = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes
}

const findSlot = (module: Pkcs11Module, { token, serial }: Pkcs11KeyReference): bigint => {
  const tokens = module.slots().flatMap((slot) => {
    try {
      return [{ slot, ...module.token(slot) }]
    } catch {
      // A reader may hold a card that this module does not know; another slot can still have the token.
      return []
    }
  })
  const matching = tokens.filter((found) => found.label === token && (serial ?? found.serial) === found.serial)
  const [only, ...others] = matching
  if (only !== undefined && others.length === 0) return only.slot
  const labels = tokens.map(({ label }) => JSON.stringify(printable(label))).join(', ') || 'none'
  const found = only === undefined ? `the tokens ${labels}` : `${matching.length} of them; name the serial number too`
  throw unavailable(`one token with the label ${JSON.stringify(printable(token))}`, found)
}

/** How many tries the token has left, as far as it says so. */
const triesLeft = (flags: bigint): string => {
  if ((flags & tokenFlags.pinLocked) !== 0n) return 'the token is locked now: its security officer must set a new PIN'
  if ((flags & tokenFlags.pinFinalTry) !== 0n) return 'one more wrong PIN locks the token'
  if ((flags & tokenFlags.pinCountLow) !== 0n) return 'few tries are left before the token locks'
  return 'the token does not say how many tries are left'
}

const wrongPins: ReadonlySet<bigint> = new Set([
  returnValues.pinIncorrect,
  returnValues.pinInvalid,
  returnValues.pinLengthRange,
  returnValues.pinLocked,
])

/** Shows the token a PIN once. A wrong one is not tried again: tokens lock themselves after a few. */
const logIn = (
  module: Pkcs11Module,
  slot: bigint,
  session: bigint,
  userType: bigint,
  pin: Uint8Array | undefined,
): void => {
  let answer: bigint
  try {
    answer = module.login(session, userType, pin)
  } finally {
    pin?.fill(0)
  }
  if (answer === returnValues.ok || answer === returnValues.userAlreadyLoggedIn) return
  const { label, flags } = module.token(slot)
  const expected = `to log in to the token ${JSON.stringify(printable(label))}`
  if (!wrongPins.has(answer)) throw unavailable(expected, nameOfReturnValue(answer))
  throw unavailable(expected, `that the PIN is wrong, and it is not tried again; ${triesLeft(flags)}`)
}

const findKey = (module: Pkcs11Module, session: bigint, { label, id }: Pkcs11KeyReference['key']): bigint => {
  if (label === undefined && id === undefined) {
    throw new NootropicError('CONFIGURATION_INVALID', 'expected a key by its label or id, found neither')
  }
  const template: Attribute[] = [
    { type: attributes.class, value: ulong(objectClasses.privateKey) },
    { type: attributes.keyType, value: ulong(ellipticKeyType) },
    ...(label === undefined ? [] : [{ type: attributes.label, value: Buffer.from(label) }]),
    ...(id === undefined ? [] : [{ type: attributes.id, value: id }]),
  ]
  const [key, ...others] = module.find(session, template)
  if (key !== undefined && others.length === 0) return key
  const asked = [
    label === undefined ? '' : JSON.stringify(printable(label)),
    id === undefined ? '' : `id ${Buffer.from(id).toString('hex')}`,
  ]
  const found = key === undefined ? 'none' : 'several; name its id'
  throw unavailable(`one private EC key ${asked.filter((part) => part !== '').join(' with ')} in the token`, found)
}

/** The public half: of the object beside the key that has its id, of a certificate in the token, or of one given. */
const findPublicKey = (
  module: Pkcs11Module,
  session: bigint,
  key: bigint,
  certificates: readonly Uint8Array[],
): KeyObject | undefined => {
  const id = module.read(session, key, attributes.id)
  const beside = (objectClass: bigint): readonly bigint[] =>
    id === undefined || id.length === 0
      ? []
      : module.find(session, [
          { type: attributes.class, value: ulong(objectClass) },
          { type: attributes.id, value: id },
        ])
  for (const object of [...beside(objectClasses.publicKey), key]) {
    const parameters = module.read(session, object, attributes.ecParameters)
    const point = module.read(session, object, attributes.ecPoint)
    const publicKey = parameters === undefined || point === undefined ? undefined : publicKeyOf(parameters, point)
    if (publicKey !== undefined) return publicKey
  }
  const stored = beside(objectClasses.certificate).map((object) => module.read(session, object, attributes.value))
  for (const der of [...stored, certificates[0]]) {
    if (der === undefined) continue
    try {
      return new X509Certificate(der).publicKey
    } catch {
      // The next one may be a certificate.
    }
  }
  return undefined
}

/** Opens a signer of a module that is loaded; it releases the module when it is closed, or when this throws. */
export const openSignerOf = async (module: Pkcs11Module, options: Pkcs11SignerOptions): Promise<Pkcs11Signer> => {
  const certificates = (options.certificates ?? []).flatMap(certificatesOfPem)
  let session: bigint | undefined
  const close = (): void => {
    if (session === undefined) return
    module.closeSession(session)
    session = undefined
    module.release()
  }
  try {
    const slot = findSlot(module, options)
    const { label, flags } = module.token(slot)
    const expected = `the token ${JSON.stringify(printable(label))} to accept a PIN`
    if ((flags & tokenFlags.pinLocked) !== 0n) throw unavailable(expected, triesLeft(flags))
    const askPin = async (): Promise<Uint8Array | undefined> => {
      if (options.pin !== undefined) return await options.pin()
      if ((flags & tokenFlags.protectedAuthenticationPath) !== 0n) return undefined
      throw unavailable(expected, 'no PIN; give one')
    }
    const open = module.openSession(slot)
    session = open
    if ((flags & tokenFlags.loginRequired) !== 0n) logIn(module, slot, open, userTypes.user, await askPin())
    const key = findKey(module, open, options.key)
    const publicKey = findPublicKey(module, open, key, certificates)
    const algorithm = publicKey === undefined ? undefined : algorithmOf(publicKey)
    if (publicKey === undefined || algorithm === undefined) {
      throw unavailable('a key on P-256, P-384 or P-521 with its public half', 'another; give its certificate')
    }
    const [certificate] = certificates
    if (certificate !== undefined && !isCertificateOf(certificate, publicKey)) {
      throw new NootropicError(
        'CONFIGURATION_INVALID',
        'expected the first certificate to be of the key, found another',
      )
    }
    const asksAlways = module.read(open, key, attributes.alwaysAuthenticate)?.[0] === 1
    return {
      publicKey,
      ...(certificates.length > 0 && { certificates }),
      async sign(message) {
        if (session === undefined) throw unavailable('a signer that is open', 'one that was closed')
        const digest = createHash(algorithm.hash).update(message).digest()
        // Before the operation starts: a module knows one at a time.
        const pin = asksAlways ? await askPin() : undefined
        try {
          module.startSignature(open, key, ecdsaMechanism)
          if (asksAlways) logIn(module, slot, open, userTypes.contextSpecific, pin)
        } finally {
          pin?.fill(0)
        }
        return derSignatureOf(module.sign(open, digest))
      },
      close,
    }
  } catch (error) {
    if (session === undefined) module.release()
    else close()
    throw error
  }
}

/**
 * Opens a signer whose key stays in a token: a smart card, a security module, or SoftHSM, through its PKCS #11 module.
 *
 * @throws NootropicError `KEY_UNAVAILABLE` (no such token or key, a wrong PIN, a locked token), `CONFIGURATION_INVALID` (no
 * module at the path, certificates of another key) or `PEER_DEPENDENCY_MISSING` (koffi)
 * @example
 * ```ts
 * const signer = await openPkcs11Signer({
 *   module: '/usr/lib/softhsm/libsofthsm2.so',
 *   token: 'models',
 *   key: { label: 'signing' },
 *   pin: () => askForPin(),
 * })
 * await signModel('./model', { signer })
 * signer.close()
 * ```
 */
export const openPkcs11Signer = async (options: Pkcs11SignerOptions): Promise<Pkcs11Signer> =>
  openSignerOf(await openPkcs11Module(options.module), options)
