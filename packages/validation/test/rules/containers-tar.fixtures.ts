import { paxRecords, tarEntry, tarOf } from '../support/tar-builder.ts'
import type { RoomFixtures } from './fixture.ts'

const text = '# A model\n'
const model = { name: 'model.md', data: text }
const other = { name: 'other.md', data: '# Another\n' }
const pax = (records: Readonly<Record<string, string>>) => ({
  name: 'PaxHeaders/model.md',
  type: 'x',
  data: paxRecords(records),
})
const longName = `${'directory/'.repeat(14)}model.md`

const sound = (): Buffer => tarOf([model, other])
const v7 = (): Buffer => tarOf([{ ...model, magic: '\0\0\0\0\0\0\0\0' }])
const gnu = (): Buffer => tarOf([{ ...model, magic: 'ustar  \0' }])

/** What the tar rules report and leave alone. */
export const fixtures: RoomFixtures = {
  'containers/tar-checksum': {
    positive: {
      'a wrong checksum of the first header': () => tarOf([{ ...model, checksum: 1 }]),
      'a wrong checksum between two sound headers': () =>
        tarOf([model, { ...other, checksum: 1 }, { ...model, name: 'b.md' }]),
    },
    negative: { 'sound checksums': sound, 'sound checksums of the old format': v7 },
  },
  'containers/tar-size-override': {
    positive: {
      'CVE-2025-62518: a size in the pax header beside a size of zero': () =>
        tarOf([pax({ size: '512' }), { name: 'model.md', data: tarEntry(model), size: '00000000000\0' }]),
      'a smaller size in the pax header': () => tarOf([pax({ size: '3' }), model]),
    },
    negative: {
      'the same size twice': () => tarOf([pax({ size: `${text.length}` }), model]),
      'times in the pax header': () => tarOf([pax({ mtime: '1700000000.123' }), model]),
    },
  },
  'containers/tar-name-override': {
    positive: {
      'another name in the pax header': () => tarOf([pax({ path: 'evil.md' }), model]),
      'another name in a GNU header': () =>
        tarOf([{ name: '././@LongLink', type: 'L', data: 'evil.md\0', magic: 'ustar  \0' }, model]),
    },
    negative: {
      'a name that is too long for its field': () => tarOf([pax({ path: longName }), { ...model, name: longName }]),
      'a name that is not ASCII': () => tarOf([pax({ path: 'modèle.md' }), { ...model, name: 'mod_le.md' }]),
    },
  },
  'containers/tar-after-end': {
    positive: {
      'text after the end': () => tarOf([model], Buffer.concat([Buffer.alloc(1024), Buffer.from('more')])),
      'a header after the end': () => tarOf([model], Buffer.concat([Buffer.alloc(1024), tarEntry(other)])),
    },
    negative: { 'the end': sound, 'zeros up to the size of a tape block': () => tarOf([model], Buffer.alloc(9216)) },
  },
  'containers/tar-malformed': {
    positive: {
      'a size that is no number': () => tarOf([other, { ...model, size: 'not a number' }]),
      'a negative size': () => tarOf([other, { ...model, size: '\xff'.repeat(12) }]),
      'a link with data': () => tarOf([{ ...model, type: '2', linkTarget: 'other.md' }]),
      'pax records without length': () => tarOf([{ ...pax({}), data: 'path=evil.md\n' }, model]),
    },
    negative: {
      'octal sizes': sound,
      'a link without data': () => tarOf([model, { name: 'link', type: '2', linkTarget: 'model.md' }]),
    },
  },
  'containers/tar-sparse': {
    positive: {
      'CVE-2025-58183: a sparse entry of GNU': () => tarOf([{ ...model, type: 'S', magic: 'ustar  \0' }]),
      'a sparse entry of pax': () =>
        tarOf([pax({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 'model.md' }), model]),
    },
    negative: { 'entries that are whole': sound, 'entries of GNU': gnu },
  },
  'containers/tar-unknown-type': {
    positive: {
      'a type of a vendor': () => tarOf([{ ...model, type: 'Z' }]),
      'a letter in lower case': () => tarOf([other, { ...model, type: 'q' }]),
    },
    negative: { files: sound, 'files of the old format': () => tarOf([{ ...model, type: '\0' }]) },
  },
}
