import { hasMagic } from '../format.ts'

/** How many bytes {@link recogniseProgram} looks at. */
export const programHeaderLength = 4096

const littleEndian = true

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Class, byte order and version are in range, and the header has the size that its class says. */
const isElf = (bytes: Uint8Array): boolean => {
  if (!hasMagic(bytes, '\x7fELF') || bytes.length < 64 || bytes[6] !== 1) return false
  const [bitness = 0, order = 0] = bytes.subarray(4, 6)
  if ((bitness !== 1 && bitness !== 2) || (order !== 1 && order !== 2)) return false
  const view = viewOf(bytes)
  const type = view.getUint16(16, order === 1)
  const version = view.getUint32(20, order === 1)
  const headerSize = view.getUint16(bitness === 2 ? 52 : 40, order === 1)
  return version === 1 && ((type >= 1 && type <= 4) || type >= 0xfe00) && headerSize === (bitness === 2 ? 64 : 52)
}

/** i386, x86-64, ARM, ARM Thumb-2, ARM64, RISC-V 32 and 64, LoongArch64. */
const windowsMachines = new Set([0x014c, 0x8664, 0x01c0, 0x01c4, 0xaa64, 0x5032, 0x5064, 0x6264])

const isPortableExecutable = (bytes: Uint8Array): boolean => {
  if (!hasMagic(bytes, 'MZ') || bytes.length < 0x40) return false
  const header = viewOf(bytes).getUint32(0x3c, littleEndian)
  if (header + 6 > bytes.length || !hasMagic(bytes, 'PE\0\0', header)) return false
  return windowsMachines.has(viewOf(bytes).getUint16(header + 4, littleEndian))
}

/** x86, ARM and PowerPC, of 32 and 64 bits. */
const appleMachines = new Set([0x7, 0x0100_0007, 0xc, 0x0100_000c, 0x0200_000c, 0x12, 0x0100_0012])

const isMachO = (bytes: Uint8Array): boolean => {
  if (bytes.length < 28) return false
  const view = viewOf(bytes)
  const magic = view.getUint32(0, littleEndian)
  const isReversed = magic === 0xcefa_edfe || magic === 0xcffa_edfe
  if (!isReversed && magic !== 0xfeed_face && magic !== 0xfeed_facf) return false
  const fileType = view.getUint32(12, !isReversed)
  return appleMachines.has(view.getUint32(4, !isReversed)) && fileType >= 1 && fileType <= 12
}

/** The magic of a universal binary is that of a Java class too: the machine of its first part tells. */
const isUniversalMachO = (bytes: Uint8Array): boolean =>
  hasMagic(bytes, [0xca, 0xfe, 0xba, 0xbe]) &&
  bytes.length >= 12 &&
  viewOf(bytes).getUint32(4) <= 16 &&
  appleMachines.has(viewOf(bytes).getUint32(8))

/** Class files name the version of Java (45 to 100 so far) and have a pool of constants that begins with a known kind. */
const isJavaClass = (bytes: Uint8Array): boolean => {
  if (!hasMagic(bytes, [0xca, 0xfe, 0xba, 0xbe]) || bytes.length < 12) return false
  const view = viewOf(bytes)
  const constantKind = bytes[10] ?? 0
  return (
    view.getUint16(6) >= 45 &&
    view.getUint16(6) <= 100 &&
    view.getUint16(8) > 1 &&
    constantKind <= 20 &&
    constantKind > 0
  )
}

const isWebAssembly = (bytes: Uint8Array): boolean => hasMagic(bytes, '\0asm\x01\0\0\0')

const isAndroidBytecode = (bytes: Uint8Array): boolean =>
  /^dex\n0\d\d\0/.test(Buffer.from(bytes.subarray(0, 8)).toString('latin1'))

/** Kinds of programs, and what their first byte can be. */
const kinds = [
  ['ELF', [0x7f], isElf],
  ['PE', [0x4d], isPortableExecutable],
  ['Mach-O', [0xce, 0xcf, 0xfe], isMachO],
  ['Mach-O universal', [0xca], isUniversalMachO],
  ['Java class', [0xca], isJavaClass],
  ['WebAssembly', [0x00], isWebAssembly],
  ['Android bytecode', [0x64], isAndroidBytecode],
] as const

/** Kinds of programs that are told by their header. */
export type ProgramKind = (typeof kinds)[number][0]

const kindsByFirst = Array.from({ length: 256 }, (_, first) =>
  kinds.filter(([, firsts]) => (firsts as readonly number[]).includes(first)),
)

/**
 * The kind of program that these bytes open, by a header that was checked beyond its magic: weights are close to random
 * bytes, and two magic bytes turn up in them every day.
 */
export const recogniseProgram = (bytes: Uint8Array): ProgramKind | undefined =>
  kindsByFirst[bytes[0] ?? 0]?.find(([, , isKind]) => isKind(bytes))?.[0]

/** The absolute interpreter that a script's first line names, in plain text. */
export const interpreterOf = (bytes: Uint8Array): string | undefined =>
  /^#! ?(\/[\w./-]+(?: [\w./=-]+)*)[ \t]*\r?\n/.exec(Buffer.from(bytes.subarray(0, 128)).toString('latin1'))?.[1]
