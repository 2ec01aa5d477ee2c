// The part of PKCS #11 v2.40 (OASIS) that signing with one key needs, in the standard's own numbers.

/** What an object is. */
export const objectClasses = { certificate: 1n, publicKey: 2n, privateKey: 3n } as const

/** CKK_EC. */
export const ellipticKeyType = 3n

/** What is said of an object. */
export const attributes = {
  class: 0x000n,
  label: 0x003n,
  value: 0x011n,
  keyType: 0x100n,
  id: 0x102n,
  ecParameters: 0x180n,
  ecPoint: 0x181n,
  alwaysAuthenticate: 0x202n,
} as const

/** CKM_ECDSA: over a digest that was made outside. */
export const ecdsaMechanism = 0x1041n

/** As whom one logs in: the user, or the user once more for one operation of a key that always asks. */
export const userTypes = { user: 1n, contextSpecific: 2n } as const

/** What a token says of itself. */
export const tokenFlags = {
  loginRequired: 0x4n,
  protectedAuthenticationPath: 0x100n,
  pinCountLow: 0x10000n,
  pinFinalTry: 0x20000n,
  pinLocked: 0x40000n,
} as const

/** What a function of a module answers. */
export const returnValues = {
  ok: 0x000n,
  pinIncorrect: 0x0a0n,
  pinInvalid: 0x0a1n,
  pinLengthRange: 0x0a2n,
  pinLocked: 0x0a4n,
  userAlreadyLoggedIn: 0x100n,
  alreadyInitialized: 0x191n,
} as const

const names: Readonly<Record<string, string>> = {
  '0x2': 'CKR_HOST_MEMORY',
  '0x5': 'CKR_GENERAL_ERROR',
  '0x6': 'CKR_FUNCTION_FAILED',
  '0x7': 'CKR_ARGUMENTS_BAD',
  '0x30': 'CKR_DEVICE_ERROR',
  '0x32': 'CKR_DEVICE_REMOVED',
  '0x54': 'CKR_FUNCTION_NOT_SUPPORTED',
  '0x68': 'CKR_KEY_FUNCTION_NOT_PERMITTED',
  '0x70': 'CKR_MECHANISM_INVALID',
  '0x90': 'CKR_OPERATION_ACTIVE',
  '0xa0': 'CKR_PIN_INCORRECT',
  '0xa1': 'CKR_PIN_INVALID',
  '0xa2': 'CKR_PIN_LEN_RANGE',
  '0xa4': 'CKR_PIN_LOCKED',
  '0xb3': 'CKR_SESSION_HANDLE_INVALID',
  '0xe0': 'CKR_TOKEN_NOT_PRESENT',
  '0xe1': 'CKR_TOKEN_NOT_RECOGNIZED',
  '0x101': 'CKR_USER_NOT_LOGGED_IN',
  '0x102': 'CKR_USER_PIN_NOT_INITIALIZED',
}

/** A return value as the standard names it. */
export const nameOfReturnValue = (value: bigint): string => {
  const number = `0x${value.toString(16)}`
  return names[number] ?? `the PKCS #11 error ${number}`
}
