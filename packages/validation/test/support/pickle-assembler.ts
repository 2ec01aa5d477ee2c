/** Parts of a pickle, put together opcode by opcode: inert, because nothing here loads it. */
export type PicklePart = string | Uint8Array

/** The bytes of parts, one after another; a string stands for its Latin-1 bytes. */
export const assemble = (...parts: readonly PicklePart[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)))

/** A little-endian number of so many bytes. */
export const little = (value: number, width: number): Buffer => {
  const bytes = Buffer.alloc(width)
  for (let index = 0; index < width; index += 1) bytes[index] = Math.floor(value / 256 ** index) % 256
  return bytes
}

/** PROTO. */
export const proto = (version: number): Buffer => Buffer.from([0x80, version])

/** SHORT_BINUNICODE, or BINUNICODE for a long text. */
export const text = (value: string): Buffer => {
  const bytes = Buffer.from(value)
  return bytes.length < 256
    ? assemble('\x8c', little(bytes.length, 1), bytes)
    : assemble('X', little(bytes.length, 4), bytes)
}

/** BINBYTES. */
export const binary = (value: PicklePart): Buffer => {
  const bytes = assemble(value)
  return assemble('B', little(bytes.length, 4), bytes)
}

/** A small whole number. */
export const small = (value: number): Buffer => assemble('K', little(value, 1))

/** GLOBAL: a name as text lines. */
export const named = (module: string, name: string): Buffer => assemble(`c${module}\n${name}\n`)

/** STACK_GLOBAL: a name out of two texts. */
export const stacked = (module: string, name: string): Buffer => assemble(text(module), text(name), '\x93')

/** A tuple of parts that each leave one value. */
export const tuple = (...items: readonly PicklePart[]): Buffer => assemble('(', ...items, 't')

/** A dictionary, filled at once. */
export const dictionary = (...items: readonly PicklePart[]): Buffer => assemble('}(', ...items, 'u')

/** REDUCE: a call. */
export const call = (callee: PicklePart, ...values: readonly PicklePart[]): Buffer =>
  assemble(callee, tuple(...values), 'R')

/** NEWOBJ without arguments: an object without its constructor. */
export const created = (type: PicklePart): Buffer => assemble(type, ')\x81')

/** BUILD: gives a state to an object. */
export const built = (target: PicklePart, state: PicklePart): Buffer => assemble(target, state, 'b')

/** A whole pickle of protocol 4 around what leaves one value, without a frame. */
export const pickle = (...parts: readonly PicklePart[]): Buffer => assemble(proto(4), ...parts, '.')

/** The same, in a frame as CPython writes it. */
export const framed = (...parts: readonly PicklePart[]): Buffer => {
  const body = assemble(...parts, '.')
  return assemble(proto(4), '\x95', little(body.length, 8), body)
}

/** `os.system("id")`, which runs nothing where nothing loads it. */
export const shellCall: Buffer = call(named('os', 'system'), text('id'))

/** An ordered dictionary as CPython writes it. */
export const orderedDictionary: Buffer = call(stacked('collections', 'OrderedDict'))
