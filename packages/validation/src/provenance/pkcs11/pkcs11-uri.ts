import { NootropicError } from '@nootropic/core'

/** Which key of which token a module is to sign with. */
export interface Pkcs11KeyReference {
  /** The absolute path of the module, a shared library. */
  readonly module: string
  /** The label of the token. */
  readonly token: string
  /** The serial number of the token, where several have the label. */
  readonly serial?: string
  /** The key by its label, its id, or both. */
  readonly key: { readonly label?: string; readonly id?: Uint8Array }
}

const refuse = (found: string): never => {
  // Never the URI itself: it may hold a PIN.
  throw new NootropicError(
    'CONFIGURATION_INVALID',
    `expected a URI such as pkcs11:token=LABEL;object=LABEL?module-path=FILE (RFC 7512), found ${found}`,
  )
}

const decode = (text: string): Buffer => {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return refuse('a % that is no percent-encoding')
  const parts = text.split(/(%[0-9A-Fa-f]{2})/)
  return Buffer.concat(
    parts.map((part) => (part.startsWith('%') ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part))),
  )
}

const attributesOf = (text: string, separator: string): Map<string, Buffer> => {
  const found = new Map<string, Buffer>()
  for (const part of text === '' ? [] : text.split(separator)) {
    const equals = part.indexOf('=')
    const name = part.slice(0, equals)
    if (equals < 1 || found.has(name)) return refuse('an attribute without a value, or twice')
    found.set(name, decode(part.slice(equals + 1)))
  }
  return found
}

const known: ReadonlySet<string> = new Set(['token', 'serial', 'object', 'id', 'type', 'module-path'])

/**
 * Reads a PKCS #11 URI (RFC 7512) that names a private key: its token, its label or id, and the module. An attribute that
 * would not be honoured is refused rather than left out; so is a PIN, which does not belong in an address.
 *
 * @throws NootropicError `CONFIGURATION_INVALID`
 * @example
 * ```ts
 * parsePkcs11Uri('pkcs11:token=models;object=signing?module-path=/usr/lib/softhsm/libsofthsm2.so')
 * // { module: '/usr/lib/softhsm/libsofthsm2.so', token: 'models', key: { label: 'signing' } }
 * ```
 */
export const parsePkcs11Uri = (uri: string): Pkcs11KeyReference => {
  const [, path, query = ''] = /^pkcs11:([^?#]*)(?:\?([^?#]*))?$/.exec(uri) ?? []
  if (path === undefined) return refuse('another text')
  const attributes = new Map([...attributesOf(path, ';'), ...attributesOf(query, '&')])
  if (attributes.has('pin-value')) return refuse('a PIN in it; give the PIN when it is asked for')
  for (const name of attributes.keys()) if (!known.has(name)) return refuse('an attribute that is not supported')
  const text = (name: string): string | undefined => attributes.get(name)?.toString('utf8')
  const [module, token, serial, label, id] = [
    text('module-path'),
    text('token'),
    text('serial'),
    text('object'),
    attributes.get('id'),
  ]
  if (module === undefined || token === undefined) return refuse('no module-path or no token')
  if (label === undefined && id === undefined) return refuse('no key: neither object nor id')
  if ((text('type') ?? 'private') !== 'private') return refuse('another type than private')
  return {
    module,
    token,
    ...(serial === undefined ? {} : { serial }),
    key: { ...(label === undefined ? {} : { label }), ...(id === undefined ? {} : { id }) },
  }
}
