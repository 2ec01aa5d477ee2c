import { crc32, deflateRawSync } from 'node:zlib'
import { descriptor, endRecord, extraField, zip64Field, zipOf } from '../support/zip-builder.ts'
import type { RoomFixtures } from './fixture.ts'

const text = '# A model\n'
const model = { name: 'model.md', data: text }
const other = { name: 'other.md', data: '# Another\n' }
const deflated = { name: 'model.md', data: text.repeat(50), method: 8 }

const sound = (): Buffer => zipOf([model, { ...other, method: 8 }])
const streamed = (): Buffer =>
  zipOf([
    {
      ...model,
      flags: 8,
      local: { checksum: 0, compressedLength: 0, length: 0 },
      after: descriptor(crc32(text), text.length, text.length),
    },
  ])
const commented = (): Buffer => zipOf([model], { comment: 'a comment' })

/** The Unicode path field of a name. */
const unicodePath = (name: string, second: string): Buffer =>
  extraField(0x7075, Buffer.concat([Buffer.from([1]), u32(crc32(name)), Buffer.from(second)]))

const u32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32LE(value)
  return buffer
}

/** A sound directory and end record that lead to another entry than the ones of the archive. */
const secondDirectory = (): Buffer => {
  const whole = zipOf([other])
  return whole.subarray(whole.indexOf('PK\x01\x02', 0, 'latin1'))
}

/** What the zip rules report and leave alone. */
export const fixtures: RoomFixtures = {
  'containers/zip-checksum': {
    positive: {
      'CVE-2025-10156: a wrong checksum of a stored entry': () =>
        zipOf([{ ...model, local: { checksum: 1 }, central: { checksum: 1 } }]),
      'CVE-2025-10156: a checksum of zero of a deflated entry': () =>
        zipOf([{ ...deflated, local: { checksum: 0 }, central: { checksum: 0 } }]),
    },
    negative: { 'sound checksums': sound, 'a checksum after the data': streamed },
  },
  'containers/zip-reserved-flag': {
    positive: {
      'CVE-2025-1945: compressed patched data': () => zipOf([{ ...model, flags: 0x20 }]),
      'CVE-2025-1945: strong encryption, in the directory only': () => zipOf([{ ...model, central: { flags: 0x40 } }]),
      'masked headers': () => zipOf([{ ...model, local: { flags: 0x2000 } }]),
    },
    negative: {
      'names in UTF-8': () => zipOf([{ ...model, flags: 0x800 }]),
      'the flags of a deflater': () => zipOf([{ ...deflated, flags: 0x6 }]),
    },
  },
  'containers/zip-name-mismatch': {
    positive: {
      'CVE-2025-1944: another name before the data': () => zipOf([{ ...model, local: { name: 'other.md' } }]),
      'a name of another length': () => zipOf([model, { ...other, local: { name: 'other' } }]),
    },
    negative: { 'one name': sound, 'a name in UTF-8': () => zipOf([{ name: 'modèle.md', data: text, flags: 0x800 }]) },
  },
  'containers/zip-size-mismatch': {
    positive: {
      'a smaller size before the data': () => zipOf([{ ...model, local: { compressedLength: 3, length: 3 } }]),
      'a size that the content does not have': () =>
        zipOf([{ ...deflated, local: { length: 7 }, central: { length: 7 } }]),
      'a stored entry of two sizes': () => zipOf([{ ...model, local: { length: 4 }, central: { length: 4 } }]),
    },
    negative: {
      'sizes after the data': streamed,
      'sizes in 64 bits': () =>
        zipOf([
          {
            ...model,
            local: {
              compressedLength: 0xffffffff,
              length: 0xffffffff,
              extra: zip64Field(text.length, text.length),
            },
          },
        ]),
    },
  },
  'containers/zip-method-mismatch': {
    positive: {
      'stored for the directory, deflated before the data': () =>
        zipOf([{ ...deflated, central: { method: 0, length: deflateRawSync(deflated.data).length } }]),
      'deflated for the directory, stored before the data': () => zipOf([{ ...model, central: { method: 8 } }]),
    },
    negative: { stored: () => zipOf([model]), deflated: () => zipOf([deflated]) },
  },
  'containers/zip-unlisted': {
    positive: {
      'an entry between two others': () => zipOf([model, { ...deflated, name: 'hidden.md', isListed: false }, other]),
      'an entry before the directory': () => zipOf([model, { name: 'hidden.md', data: text, isListed: false }]),
      'an entry inside what the directory takes for another one': () => {
        const hidden = zipOf([{ name: 'hidden.md', data: text }], { hasDirectory: false })
        return zipOf([{ name: 'model.md', data: hidden, local: { compressedLength: 0, length: 0 } }])
      },
    },
    negative: {
      'all entries listed': sound,
      'an archive in an archive': () => zipOf([{ name: 'inner.zip', data: sound() }]),
    },
  },
  'containers/zip-missing': {
    positive: {
      'a record that leads nowhere': () => zipOf([model, { ...other, isPresent: false, central: { headerAt: 5 } }]),
      'an entry longer than the file': () =>
        zipOf([{ ...model, local: { compressedLength: 9999 }, central: { compressedLength: 9999 } }]),
    },
    negative: {
      'all entries there': sound,
      'an archive after something': () => zipOf([model], { before: Buffer.from('#!/x') }),
    },
  },
  'containers/zip-second-directory': {
    positive: {
      'an archive in the comment': () => zipOf([model], { comment: secondDirectoryAfter(zipOf([model])) }),
      'two directories, one before the end and one where the record says': () => {
        const first = zipOf([{ name: 'first.md', data: text }])
        return zipOf([model], { before: first })
      },
    },
    negative: {
      'an archive as the last entry': () => zipOf([model, { name: 'inner.zip', data: sound() }]),
      'a comment': commented,
    },
  },
  'containers/zip-no-directory': {
    positive: {
      'the directory was cut off': () => zipOf([model, deflated], { hasDirectory: false }),
      'the end was cut off': () => sound().subarray(0, -10),
    },
    negative: { 'a directory': sound, 'an empty archive': () => zipOf([]) },
  },
  'containers/zip-prepended': {
    positive: {
      'text before the archive': () => zipOf([model], { before: Buffer.from('# A document\n') }),
      'something before it that the offsets know of': () =>
        zipOf([model], { before: Buffer.from('MZ stub'), isBasedOnFile: true }),
    },
    negative: {
      'an archive from the start': sound,
      'the mark of an archive that could have been split': () =>
        zipOf([model], { before: Buffer.from('PK00'), isBasedOnFile: true }),
    },
  },
  'containers/zip-appended': {
    positive: {
      'text after the archive': () => zipOf([model], { after: Buffer.from('more') }),
      'text after its comment': () => zipOf([model], { comment: 'short', after: Buffer.from(' and more') }),
    },
    negative: { 'zeros after the archive': () => zipOf([model], { after: Buffer.alloc(512) }), 'a comment': commented },
  },
  'containers/zip-gap': {
    positive: {
      'text between two entries': () => zipOf([model, { ...other, before: Buffer.from('hidden') }]),
      'text before the directory': () => zipOf([model], { between: Buffer.from('hidden') }),
    },
    negative: {
      'zeros between two entries': () => zipOf([model, { ...other, before: Buffer.alloc(64) }]),
      'a record after the data': streamed,
    },
  },
  'containers/zip-overlap': {
    positive: {
      'CVE-2019-13232: two records of one entry': () =>
        zipOf([model, { name: 'twin.md', data: text, isPresent: false, central: { headerAt: 0 } }]),
      'an entry within another': () => {
        const inner = zipOf([other], { hasDirectory: false })
        const outer = { name: 'outer.bin', data: inner }
        return zipOf([outer, { ...other, isPresent: false, central: { headerAt: 30 + outer.name.length } }])
      },
    },
    negative: {
      'entries one after another': sound,
      'an archive in an archive': () => zipOf([{ name: 'a.zip', data: sound() }, other]),
    },
  },
  'containers/zip-count': {
    positive: {
      'fewer entries than there are': () => zipOf([model, other], { count: 1 }),
      'more entries than there are': () => zipOf([model], { count: 3 }),
    },
    negative: { 'as many as there are': sound, 'none and none': () => zipOf([]) },
  },
  'containers/zip64-mismatch': {
    positive: {
      'another number of entries in 64 bits': () => zipOf([model, other], { hasEnd64: true, end64Count: 1 }),
      'other sizes in 64 bits': () => zipOf([{ ...model, extra: zip64Field(3, 3) }]),
    },
    negative: {
      'the same numbers twice': () => zipOf([model, other], { hasEnd64: true }),
      'the same sizes twice': () => zipOf([{ ...model, extra: zip64Field(text.length, text.length) }]),
    },
  },
  'containers/zip-descriptor': {
    positive: {
      'another checksum after the data': () =>
        zipOf([{ ...model, flags: 8, after: descriptor(1, text.length, text.length) }]),
      'another size after the data': () =>
        zipOf([{ ...model, flags: 8, after: descriptor(crc32(text), 3, text.length) }]),
    },
    negative: {
      'the same after the data': streamed,
      'the same without a signature': () =>
        zipOf([{ ...model, flags: 8, after: descriptor(crc32(text), text.length, text.length).subarray(4) }]),
    },
  },
  'containers/zip-second-name': {
    positive: {
      'another name in Unicode': () => zipOf([{ ...model, extra: unicodePath('model.md', 'evil.md') }]),
      'another name in Unicode, before the data only': () =>
        zipOf([{ ...model, local: { extra: unicodePath('model.md', '../evil.md') } }]),
    },
    negative: {
      'the same name in Unicode': () => zipOf([{ ...model, extra: unicodePath('model.md', 'model.md') }]),
      'a name that its alphabet cannot say': () =>
        zipOf([
          {
            name: 'model.md',
            data: text,
            local: { name: Buffer.from('mod\x8ale.md', 'latin1'), extra: unicodePath('mod\x8ale.md', 'modèle.md') },
            central: { name: Buffer.from('mod\x8ale.md', 'latin1'), extra: unicodePath('mod\x8ale.md', 'modèle.md') },
          },
        ]),
    },
  },
  'containers/zip-unknown-method': {
    positive: {
      'a method of the past': () => zipOf([{ ...model, method: 6 }]),
      AES: () => zipOf([{ ...model, method: 99, flags: 1 }]),
    },
    negative: {
      stored: () => zipOf([model]),
      'LZMA, which few readers know': () =>
        zipOf([
          {
            ...model,
            method: 14,
            flags: 2,
            compressed: Buffer.from('CQQFAF0AAIAAABGIBKP7QJBiATjR1ZI6f//Z3QAA', 'base64'),
          },
        ]),
    },
  },
  'containers/zip-rare-method': {
    positive: {
      bzip2: () =>
        zipOf([
          {
            ...model,
            method: 12,
            compressed: Buffer.from('QlpoOTFBWSZTWYyu+tkAAAHVAAAQSAAgAAYGoAAiBhNCDJiGCDHwni7kinChIRld9bI=', 'base64'),
          },
        ]),
      Zstandard: () =>
        zipOf([{ ...model, method: 93, compressed: Buffer.from('KLUv/SAKUQAAIyBBIG1vZGVsCg==', 'base64') }]),
    },
    negative: { stored: () => zipOf([model]), deflated: () => zipOf([deflated]) },
  },
  'containers/zip-several-disks': {
    positive: {
      'the directory on another volume': () => zipOf([model], { disk: 1 }),
      'an entry on another volume': () => zipOf([{ ...model, central: { disk: 2 } }]),
    },
    negative: { 'one volume': sound, 'volumes in 64 bits': () => zipOf([model], { hasEnd64: true }) },
  },
}

/** A directory that fits into the comment of an archive: its end record states where it stands. */
function secondDirectoryAfter(archive: Buffer): Buffer {
  const directory = secondDirectory().subarray(0, -22)
  return Buffer.concat([
    directory,
    endRecord({ count: 1, directoryLength: directory.length, directoryOffset: archive.length }),
  ])
}
