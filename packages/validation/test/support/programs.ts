/** Headers of programs as loaders check them; there is no code behind any. */

export const elf = (): Uint8Array => {
  const header = Buffer.alloc(64)
  header.write('\x7fELF\x02\x01\x01', 'latin1')
  header.writeUInt16LE(3, 16)
  header.writeUInt16LE(62, 18)
  header.writeUInt32LE(1, 20)
  header.writeUInt16LE(64, 52)
  return header
}

export const portableExecutable = (): Uint8Array => {
  const header = Buffer.alloc(256)
  header.write('MZ')
  header.writeUInt32LE(0x80, 0x3c)
  header.write('PE\0\0', 0x80, 'latin1')
  header.writeUInt16LE(0x8664, 0x84)
  return header
}

export const machO = (): Uint8Array => {
  const header = Buffer.alloc(32)
  header.writeUInt32LE(0xfeedfacf, 0)
  header.writeUInt32LE(0x0100000c, 4)
  header.writeUInt32LE(2, 12)
  return header
}

export const javaClass = (): Uint8Array => Buffer.from([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61, 0, 16, 10, 0, 2, 0, 3, 0])

export const webAssembly = (): Uint8Array => Buffer.from('\0asm\x01\0\0\0', 'latin1')

export const androidBytecode = (): Uint8Array => Buffer.from('dex\n035\0', 'latin1')

/** One of each kind, by the name that the scanner gives it. */
export const programs = {
  ELF: elf,
  PE: portableExecutable,
  'Mach-O': machO,
  'Java class': javaClass,
  WebAssembly: webAssembly,
  'Android bytecode': androidBytecode,
} as const
