/** An entry of a tar that a test builds. */
export interface TarEntryText {
  readonly name: string
  readonly data?: string | Uint8Array
  readonly type?: string
  readonly linkTarget?: string
  /** What the size field holds instead of the length of the data. */
  readonly size?: string
  readonly checksum?: number
  readonly magic?: string
}

const block = 512

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((block - (bytes.length % block)) % block)])

/** The header and the data of an entry. */
export const tarEntry = (entry: TarEntryText): Buffer => {
  const data = Buffer.from(entry.data ?? '')
  const header = Buffer.alloc(block)
  header.write(entry.name.slice(0, 100), 0)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(entry.size ?? `${data.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write(entry.type ?? '0', 156)
  header.write(entry.linkTarget ?? '', 157)
  header.write(entry.magic ?? 'ustar\x0000', 257)
  const sum = entry.checksum ?? header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, padded(data)])
}

/** The records of a pax header. */
export const paxRecords = (records: Readonly<Record<string, string>>): string =>
  Object.entries(records)
    .map(([key, value]) => {
      const rest = ` ${key}=${value}\n`
      let length = Buffer.byteLength(rest) + 1
      while (`${length}`.length + Buffer.byteLength(rest) !== length) length += 1
      return `${length}${rest}`
    })
    .join('')

/** A tar of entries, with the two blocks of zeros that end it. */
export const tarOf = (entries: readonly TarEntryText[], after: Uint8Array = Buffer.alloc(2 * block)): Buffer =>
  Buffer.concat([...entries.map(tarEntry), after])
