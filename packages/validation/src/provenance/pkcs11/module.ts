import { endianness } from 'node:os'
import { isAbsolute } from 'node:path'
import { NootropicError } from '@nootropic/core'
import { nameOfReturnValue, returnValues } from './constants.ts'

/** What is asked of an object, or looked for. */
export interface Attribute {
  readonly type: bigint
  readonly value: Uint8Array
}

/** What a token says of itself. */
interface TokenInfo {
  readonly label: string
  readonly serial: string
  readonly flags: bigint
}

/** A PKCS #11 module that is initialised. Slots, sessions and objects are its own numbers. */
export interface Pkcs11Module {
  /** Slots with a token in them. */
  slots(): readonly bigint[]
  token(slot: bigint): TokenInfo
  openSession(slot: bigint): bigint
  closeSession(session: bigint): void
  /** Answers the return value: what a refusal means depends on the token. Without a PIN its own keypad is used. */
  login(session: bigint, userType: bigint, pin: Uint8Array | undefined): bigint
  find(session: bigint, template: readonly Attribute[]): readonly bigint[]
  /** The value of an attribute, or undefined where the object has none or does not give it away. */
  read(session: bigint, object: bigint, type: bigint): Buffer | undefined
  startSignature(session: bigint, key: bigint, mechanism: bigint): void
  sign(session: bigint, data: Uint8Array): Buffer
  /** Ends the use of the module; the last user finalises it. */
  release(): void
}

/** Slots, objects and bytes that are believed of a module; tokens have a handful, signatures 132 bytes (CWE-789). */
const maximumSlots = 256
const maximumObjects = 16
const maximumAttributeBytes = 2 ** 16
const maximumSignatureBytes = 1024

/** The functions that are used, by their place in CK_FUNCTION_LIST, each with the C types of its arguments. */
const functions = {
  C_Initialize: [0, ['void *']],
  C_Finalize: [1, ['void *']],
  C_GetSlotList: [4, ['uint8_t', 'void *', 'void *']],
  C_GetTokenInfo: [6, ['unsigned long', 'void *']],
  C_OpenSession: [12, ['unsigned long', 'unsigned long', 'void *', 'void *', 'void *']],
  C_CloseSession: [13, ['unsigned long']],
  C_Login: [18, ['unsigned long', 'unsigned long', 'void *', 'unsigned long']],
  C_GetAttributeValue: [24, ['unsigned long', 'unsigned long', 'void *', 'unsigned long']],
  C_FindObjectsInit: [26, ['unsigned long', 'void *', 'unsigned long']],
  C_FindObjects: [27, ['unsigned long', 'void *', 'unsigned long', 'void *']],
  C_FindObjectsFinal: [28, ['unsigned long']],
  C_SignInit: [42, ['unsigned long', 'void *', 'unsigned long']],
  C_Sign: [43, ['unsigned long', 'void *', 'unsigned long', 'void *', 'void *']],
} as const satisfies Record<string, readonly [number, readonly string[]]>

type FunctionName = keyof typeof functions

/** Calls a function of the module and answers its return value. */
type Call = (name: FunctionName, ...args: readonly (Uint8Array | bigint | number | null)[]) => bigint

type Koffi = typeof import('koffi')

const loadKoffi = async (): Promise<Koffi> => {
  try {
    return await import('koffi')
  } catch (cause) {
    const message =
      'expected the package koffi to be installed, which calls PKCS #11 modules; run `npm install koffi@3`'
    throw new NootropicError('PEER_DEPENDENCY_MISSING', message, { cause })
  }
}

/** The width of CK_ULONG and of pointers where structures are laid out as here. */
const wordBytes = 8

const bindModule = (koffi: Koffi, path: string): Call => {
  try {
    const library = koffi.load(path)
    const list = Buffer.alloc(wordBytes)
    const answer = library.func('C_GetFunctionList', 'unsigned long', ['void *'])(list)
    if (BigInt(answer) !== returnValues.ok) throw new Error(nameOfReturnValue(BigInt(answer)))
    const address = list.readBigUInt64LE()
    // The list starts with a version of two bytes, filled up to a word; pointers follow.
    const pointers = new BigUint64Array(koffi.view(address + BigInt(wordBytes), 44 * wordBytes).slice(0))
    const prototypes = new Map(
      Object.entries(functions).map(([name, [index, args]]) => [
        name,
        { pointer: pointers[index], type: koffi.proto('unsigned long', [...args]) },
      ]),
    )
    return (name, ...args) => {
      const entry = prototypes.get(name)
      if (entry?.pointer === undefined) throw new NootropicError('INTERNAL', `expected ${name} to be bound`)
      return BigInt(koffi.call(entry.pointer, entry.type, ...args))
    }
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause)
    const message = `expected ${path} to be a PKCS #11 module, found that it cannot be loaded: ${found}`
    throw new NootropicError('CONFIGURATION_INVALID', message, { cause })
  }
}

const textOf = (bytes: Buffer): string => bytes.toString('utf8').trimEnd()

const createModule = (koffi: Koffi, path: string, isLastUser: () => boolean): Pkcs11Module => {
  const call = bindModule(koffi, path)
  const must = (
    name: FunctionName,
    ...args: Parameters<Call> extends [unknown, ...infer Rest] ? Rest : never
  ): void => {
    const answer = call(name, ...args)
    if (answer === returnValues.ok) return
    const message = `expected the token to carry out ${name}, found ${nameOfReturnValue(answer)}; check that it is there`
    throw new NootropicError('KEY_UNAVAILABLE', message, { details: { function: name, value: Number(answer) } })
  }

  /** CK_ATTRIBUTE or CK_MECHANISM: a number, an address and a length. */
  const record = (type: bigint, value: Uint8Array | undefined): Buffer => {
    const bytes = Buffer.alloc(3 * wordBytes)
    bytes.writeBigUInt64LE(type, 0)
    bytes.writeBigUInt64LE(value === undefined ? 0n : koffi.address(value), wordBytes)
    bytes.writeBigUInt64LE(BigInt(value?.length ?? 0), 2 * wordBytes)
    return bytes
  }

  const readAttribute = (session: bigint, object: bigint, type: bigint, value?: Buffer): bigint | undefined => {
    const template = record(type, value)
    if (call('C_GetAttributeValue', session, object, template, 1) !== returnValues.ok) return undefined
    const length = template.readBigUInt64LE(2 * wordBytes)
    return length > maximumAttributeBytes ? undefined : length
  }

  const initialized = call('C_Initialize', null)
  if (initialized !== returnValues.ok && initialized !== returnValues.alreadyInitialized) {
    const message = `expected the PKCS #11 module ${path} to start, found ${nameOfReturnValue(initialized)}`
    throw new NootropicError('CONFIGURATION_INVALID', message)
  }

  return {
    slots: () => {
      const list = Buffer.alloc(maximumSlots * wordBytes)
      const count = Buffer.alloc(wordBytes)
      count.writeBigUInt64LE(BigInt(maximumSlots))
      must('C_GetSlotList', 1, list, count)
      return [...new BigUint64Array(list.buffer, list.byteOffset, Number(count.readBigUInt64LE()))]
    },
    token: (slot) => {
      const info = Buffer.alloc(256)
      must('C_GetTokenInfo', slot, info)
      return {
        label: textOf(info.subarray(0, 32)),
        serial: textOf(info.subarray(80, 96)),
        flags: info.readBigUInt64LE(96),
      }
    },
    openSession: (slot) => {
      const session = Buffer.alloc(wordBytes)
      // CKF_SERIAL_SESSION, which the standard requires; nothing is written to the token.
      must('C_OpenSession', slot, 4n, null, null, session)
      return session.readBigUInt64LE()
    },
    closeSession: (session) => {
      call('C_CloseSession', session)
    },
    login: (session, userType, pin) => call('C_Login', session, userType, pin ?? null, pin?.length ?? 0),
    find: (session, template) => {
      // Values are copied to where they stay while the module reads them.
      const values = template.map(({ value }) => Buffer.from(value))
      const records = Buffer.concat(template.map(({ type }, index) => record(type, values[index])))
      must('C_FindObjectsInit', session, records, template.length)
      for (const value of values) value.fill(0)
      try {
        const list = Buffer.alloc(maximumObjects * wordBytes)
        const count = Buffer.alloc(wordBytes)
        must('C_FindObjects', session, list, maximumObjects, count)
        return [...new BigUint64Array(list.buffer, list.byteOffset, Number(count.readBigUInt64LE()))]
      } finally {
        call('C_FindObjectsFinal', session)
      }
    },
    read: (session, object, type) => {
      const length = readAttribute(session, object, type)
      if (length === undefined) return undefined
      const value = Buffer.alloc(Number(length))
      return readAttribute(session, object, type, value) === length ? value : undefined
    },
    startSignature: (session, key, mechanism) => must('C_SignInit', session, record(mechanism, undefined), key),
    sign: (session, data) => {
      const signature = Buffer.alloc(maximumSignatureBytes)
      const length = Buffer.alloc(wordBytes)
      length.writeBigUInt64LE(BigInt(maximumSignatureBytes))
      must('C_Sign', session, data, data.length, signature, length)
      return signature.subarray(0, Number(length.readBigUInt64LE()))
    },
    release: () => {
      if (!isLastUser()) return
      // Whoever started the module before us is still using it.
      if (initialized === returnValues.ok) call('C_Finalize', null)
    },
  }
}

/** A module is initialised once for the whole process, however many keys of it are in use. */
const loaded = new Map<string, { readonly module: Pkcs11Module; users: number }>()

/**
 * Loads a PKCS #11 module and initialises it.
 *
 * @param path absolute: a name alone would be looked for in places that others may write to (CWE-426).
 * @throws NootropicError `CONFIGURATION_INVALID` or `PEER_DEPENDENCY_MISSING`
 */
export const openPkcs11Module = async (path: string): Promise<Pkcs11Module> => {
  if (!isAbsolute(path)) {
    throw new NootropicError('CONFIGURATION_INVALID', `expected the absolute path of a PKCS #11 module, found ${path}`)
  }
  const koffi = await loadKoffi()
  if (koffi.sizeof('unsigned long') !== wordBytes || endianness() !== 'LE') {
    const message = 'expected a 64-bit Linux or macOS, whose layout of PKCS #11 structures is known here, found another'
    throw new NootropicError('CONFIGURATION_INVALID', message)
  }
  const known = loaded.get(path)
  if (known !== undefined) {
    known.users += 1
    return known.module
  }
  const isLastUser = (): boolean => {
    const entry = loaded.get(path)
    if (entry === undefined) return false
    entry.users -= 1
    return entry.users === 0 && loaded.delete(path)
  }
  const module = createModule(koffi, path, isLastUser)
  loaded.set(path, { module, users: 1 })
  return module
}
