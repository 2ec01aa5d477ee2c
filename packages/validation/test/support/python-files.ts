import { deflateSync } from 'node:zlib'

/** Files of Python libraries, built byte by byte, and bent where a test says so. */

/** A `.npy` file with this header text; `declaredLength` lies about it. */
export const npyOf = (
  header: string,
  data: Uint8Array = new Uint8Array(0),
  { version = 1, declaredLength = undefined as number | undefined } = {},
): Buffer => {
  const text = Buffer.from(`${header.padEnd(117)}\n`, version === 3 ? 'utf8' : 'latin1')
  const length = Buffer.alloc(version === 1 ? 2 : 4)
  if (version === 1) length.writeUInt16LE(declaredLength ?? text.length)
  else length.writeUInt32LE(declaredLength ?? text.length)
  return Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]), length, text, data])
}

/** The header of an array as numpy writes it. */
export const headerOf = (descriptor: string, shape: string): string =>
  `{'descr': ${descriptor}, 'fortran_order': False, 'shape': ${shape}, }`

/** A pickle of protocol 2 around opcodes. */
export const pickleOf = (...opcodes: readonly (string | readonly number[])[]): Buffer =>
  Buffer.concat([
    Buffer.from([0x80, 2]),
    ...opcodes.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
    Buffer.from('.'),
  ])

/** A call of a global with one text: inert, because nothing here loads it. */
export const callOf = (module: string, name: string, argument: string): Buffer =>
  pickleOf(`c${module}\n${name}\n`, [0x58, argument.length, 0, 0, 0], argument, [0x85], 'R')

const text = (value: string): string => `X${String.fromCharCode(value.length)}\0\0\0${value}`

/** The first pickle of an old torch file, as torch writes it. */
export const torchMagic = pickleOf([0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19])

/** `('storage', torch.FloatStorage, '0', 'cpu', 2)` by persistent id. */
const floatStorage = `(${text('storage')}ctorch\nFloatStorage\n${text('0')}${text('cpu')}K\x02tQ`

/** A file of `torch.save` before 1.6 with one storage of two floats. */
export const torchLegacyOf = ({
  magic = torchMagic,
  version = pickleOf([0x4d, 0xe9, 0x03]),
  object = pickleOf(floatStorage),
  storages = Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.alloc(8)]),
} = {}): Buffer => Buffer.concat([magic, version, pickleOf('}'), object, pickleOf(`](${text('0')}e`), storages])

/** A compressed pickle as joblib before 0.10 wrote it. */
export const zfileOf = (pickle: Buffer, declared: number = pickle.length): Buffer =>
  Buffer.concat([Buffer.from(`ZF${`0x${declared.toString(16)}`.padEnd(19)}`), deflateSync(pickle)])

const marshalText = (value: string): Buffer => Buffer.concat([Buffer.from([0xda, value.length]), Buffer.from(value)])

/** A code object of Python 3.11 that has these names. */
export const codeOf = (names: readonly string[]): Buffer => {
  const bytes = (data: readonly number[]): Buffer => {
    const head = Buffer.alloc(5)
    head.write('s')
    head.writeUInt32LE(data.length, 1)
    return Buffer.concat([head, Buffer.from(data)])
  }
  const tuple = (items: readonly Buffer[]): Buffer => Buffer.concat([Buffer.from([0x29, items.length]), ...items])
  return Buffer.concat([
    Buffer.from([0xe3]),
    Buffer.alloc(20),
    bytes([0x97, 0]),
    tuple([Buffer.from('N')]),
    tuple(names.map(marshalText)),
    tuple([]),
    bytes([]),
    marshalText('a.py'),
    marshalText('<module>'),
    marshalText('<module>'),
    Buffer.from([1, 0, 0, 0]),
    bytes([]),
    bytes([]),
  ])
}

/** A `.pyc` of Python 3.11. */
export const compiledOf = (code: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0xa7, 0x0d, 0x0d, 0x0a]), Buffer.alloc(12), code])

/** A node of the schema of a skops model. */
export const skopsNode = (
  loader: string,
  type: string,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => {
  const dot = type.lastIndexOf('.')
  return { __class__: type.slice(dot + 1), __module__: type.slice(0, dot), __loader__: loader, ...more }
}

/** `schema.json` of a skops model around one attribute of a scaler. */
export const skopsOf = (attribute: unknown): Buffer =>
  Buffer.from(
    JSON.stringify({
      ...skopsNode('ObjectNode', 'sklearn.preprocessing._data.StandardScaler', {
        content: skopsNode('DictNode', 'builtins.dict', {
          key_types: skopsNode('ListNode', 'builtins.list', { content: [skopsNode('TypeNode', 'builtins.str')] }),
          content: { value: attribute },
        }),
      }),
      protocol: 2,
      _skops_version: '0.11.0',
    }),
  )
