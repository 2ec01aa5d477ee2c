/** How the argument of an opcode stands in the stream; a length is followed by that many bytes. */
export type ArgumentShape =
  | 'none'
  | 'u1'
  | 'u2'
  | 'u4'
  | 'u8'
  | 'i4'
  | 'f8'
  | 'line'
  | 'two-lines'
  | 'length-u1'
  | 'length-u4'
  | 'length-i4'
  | 'length-u8'

/** One opcode of pickle. */
export interface Opcode {
  readonly name: string
  readonly code: number
  readonly argument: ArgumentShape
  /** The protocol that brought it. CPython accepts every opcode whatever PROTO says. */
  readonly protocol: number
}

/** All opcodes of the protocols 0 to 5 (CPython's `pickletools.opcodes`, PEP 307, 3154 and 574), by code. */
export const opcodes = [
  { name: 'MARK', code: 0x28, argument: 'none', protocol: 0 },
  { name: 'EMPTY_TUPLE', code: 0x29, argument: 'none', protocol: 1 },
  { name: 'STOP', code: 0x2e, argument: 'none', protocol: 0 },
  { name: 'POP', code: 0x30, argument: 'none', protocol: 0 },
  { name: 'POP_MARK', code: 0x31, argument: 'none', protocol: 1 },
  { name: 'DUP', code: 0x32, argument: 'none', protocol: 0 },
  { name: 'BINBYTES', code: 0x42, argument: 'length-u4', protocol: 3 },
  { name: 'SHORT_BINBYTES', code: 0x43, argument: 'length-u1', protocol: 3 },
  { name: 'FLOAT', code: 0x46, argument: 'line', protocol: 0 },
  { name: 'BINFLOAT', code: 0x47, argument: 'f8', protocol: 1 },
  { name: 'INT', code: 0x49, argument: 'line', protocol: 0 },
  { name: 'BININT', code: 0x4a, argument: 'i4', protocol: 1 },
  { name: 'BININT1', code: 0x4b, argument: 'u1', protocol: 1 },
  { name: 'LONG', code: 0x4c, argument: 'line', protocol: 0 },
  { name: 'BININT2', code: 0x4d, argument: 'u2', protocol: 1 },
  { name: 'NONE', code: 0x4e, argument: 'none', protocol: 0 },
  { name: 'PERSID', code: 0x50, argument: 'line', protocol: 0 },
  { name: 'BINPERSID', code: 0x51, argument: 'none', protocol: 1 },
  { name: 'REDUCE', code: 0x52, argument: 'none', protocol: 0 },
  { name: 'STRING', code: 0x53, argument: 'line', protocol: 0 },
  { name: 'BINSTRING', code: 0x54, argument: 'length-i4', protocol: 1 },
  { name: 'SHORT_BINSTRING', code: 0x55, argument: 'length-u1', protocol: 1 },
  { name: 'UNICODE', code: 0x56, argument: 'line', protocol: 0 },
  { name: 'BINUNICODE', code: 0x58, argument: 'length-u4', protocol: 1 },
  { name: 'EMPTY_LIST', code: 0x5d, argument: 'none', protocol: 1 },
  { name: 'APPEND', code: 0x61, argument: 'none', protocol: 0 },
  { name: 'BUILD', code: 0x62, argument: 'none', protocol: 0 },
  { name: 'GLOBAL', code: 0x63, argument: 'two-lines', protocol: 0 },
  { name: 'DICT', code: 0x64, argument: 'none', protocol: 0 },
  { name: 'APPENDS', code: 0x65, argument: 'none', protocol: 1 },
  { name: 'GET', code: 0x67, argument: 'line', protocol: 0 },
  { name: 'BINGET', code: 0x68, argument: 'u1', protocol: 1 },
  { name: 'INST', code: 0x69, argument: 'two-lines', protocol: 0 },
  { name: 'LONG_BINGET', code: 0x6a, argument: 'u4', protocol: 1 },
  { name: 'LIST', code: 0x6c, argument: 'none', protocol: 0 },
  { name: 'OBJ', code: 0x6f, argument: 'none', protocol: 1 },
  { name: 'PUT', code: 0x70, argument: 'line', protocol: 0 },
  { name: 'BINPUT', code: 0x71, argument: 'u1', protocol: 1 },
  { name: 'LONG_BINPUT', code: 0x72, argument: 'u4', protocol: 1 },
  { name: 'SETITEM', code: 0x73, argument: 'none', protocol: 0 },
  { name: 'TUPLE', code: 0x74, argument: 'none', protocol: 0 },
  { name: 'SETITEMS', code: 0x75, argument: 'none', protocol: 1 },
  { name: 'EMPTY_DICT', code: 0x7d, argument: 'none', protocol: 1 },
  { name: 'PROTO', code: 0x80, argument: 'u1', protocol: 2 },
  { name: 'NEWOBJ', code: 0x81, argument: 'none', protocol: 2 },
  { name: 'EXT1', code: 0x82, argument: 'u1', protocol: 2 },
  { name: 'EXT2', code: 0x83, argument: 'u2', protocol: 2 },
  { name: 'EXT4', code: 0x84, argument: 'i4', protocol: 2 },
  { name: 'TUPLE1', code: 0x85, argument: 'none', protocol: 2 },
  { name: 'TUPLE2', code: 0x86, argument: 'none', protocol: 2 },
  { name: 'TUPLE3', code: 0x87, argument: 'none', protocol: 2 },
  { name: 'NEWTRUE', code: 0x88, argument: 'none', protocol: 2 },
  { name: 'NEWFALSE', code: 0x89, argument: 'none', protocol: 2 },
  { name: 'LONG1', code: 0x8a, argument: 'length-u1', protocol: 2 },
  { name: 'LONG4', code: 0x8b, argument: 'length-i4', protocol: 2 },
  { name: 'SHORT_BINUNICODE', code: 0x8c, argument: 'length-u1', protocol: 4 },
  { name: 'BINUNICODE8', code: 0x8d, argument: 'length-u8', protocol: 4 },
  { name: 'BINBYTES8', code: 0x8e, argument: 'length-u8', protocol: 4 },
  { name: 'EMPTY_SET', code: 0x8f, argument: 'none', protocol: 4 },
  { name: 'ADDITEMS', code: 0x90, argument: 'none', protocol: 4 },
  { name: 'FROZENSET', code: 0x91, argument: 'none', protocol: 4 },
  { name: 'NEWOBJ_EX', code: 0x92, argument: 'none', protocol: 4 },
  { name: 'STACK_GLOBAL', code: 0x93, argument: 'none', protocol: 4 },
  { name: 'MEMOIZE', code: 0x94, argument: 'none', protocol: 4 },
  { name: 'FRAME', code: 0x95, argument: 'u8', protocol: 4 },
  { name: 'BYTEARRAY8', code: 0x96, argument: 'length-u8', protocol: 5 },
  { name: 'NEXT_BUFFER', code: 0x97, argument: 'none', protocol: 5 },
  { name: 'READONLY_BUFFER', code: 0x98, argument: 'none', protocol: 5 },
] as const satisfies readonly Opcode[]

/** The name of an opcode. */
export type OpcodeName = (typeof opcodes)[number]['name']

/** The opcodes by their byte. */
export const opcodeOf: readonly (Opcode | undefined)[] = Array.from({ length: 256 }, (_, code) =>
  opcodes.find((opcode) => opcode.code === code),
)
