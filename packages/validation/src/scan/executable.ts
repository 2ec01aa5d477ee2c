const startsWith = (bytes: Uint8Array, magic: readonly number[], at = 0): boolean =>
  bytes.length >= at + magic.length && magic.every((byte, index) => bytes[at + index] === byte)

const isElf = (bytes: Uint8Array): boolean =>
  startsWith(bytes, [0x7f, 0x45, 0x4c, 0x46]) &&
  (bytes[4] === 1 || bytes[4] === 2) &&
  (bytes[5] === 1 || bytes[5] === 2) &&
  bytes[6] === 1

const isPortableExecutable = (bytes: Uint8Array): boolean => {
  if (!startsWith(bytes, [0x4d, 0x5a]) || bytes.length < 0x40) return false
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0x3c, true)
  return startsWith(bytes, [0x50, 0x45, 0, 0], header)
}

/** The magic, and a CPU type that exists; 0xcafebabe alone is also a Java class. */
const isMachO = (bytes: Uint8Array): boolean =>
  (startsWith(bytes, [0xcf, 0xfa, 0xed, 0xfe]) || startsWith(bytes, [0xce, 0xfa, 0xed, 0xfe])) &&
  [0x07, 0x0c, 0x12].includes(bytes[4] ?? 0) &&
  (bytes[7] === 0 || bytes[7] === 1)

/** A script's first line names an absolute interpreter in plain text. */
const isScript = (bytes: Uint8Array): boolean =>
  /^#! ?\/[\w./-]+[ \r\n]/.test(Buffer.from(bytes.subarray(0, 80)).toString('latin1'))

/** How many bytes {@link recogniseExecutable} looks at. */
export const executableHeadLength = 4096

/**
 * The kind of program that these bytes open, by a header that was checked beyond its magic: weights are close to random
 * bytes, and two magic bytes turn up in them every day.
 */
export const recogniseExecutable = (bytes: Uint8Array): 'ELF' | 'PE' | 'Mach-O' | 'script' | undefined => {
  if (isElf(bytes)) return 'ELF'
  if (isPortableExecutable(bytes)) return 'PE'
  if (isMachO(bytes)) return 'Mach-O'
  return isScript(bytes) ? 'script' : undefined
}
