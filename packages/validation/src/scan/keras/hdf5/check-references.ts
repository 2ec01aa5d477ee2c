import type { Inspection } from '../../inspection.ts'
import { printable } from '../../rule.ts'
import type { ByteSource } from '../../source.ts'
import { isOutsidePath } from '../outside-path.ts'
import { kerasRules } from '../rules.ts'
import type { Hdf5Link } from './links.ts'
import type { Message } from './object-header.ts'
import { contiguousStorage, declaredSize, readExternalFiles, readFilters, readVirtualSources } from './storage.ts'
import { type Hdf5File, malformed } from './structure.ts'

/** Ids below are the library's own; 256 to 511 are for tests (HDF5 registered filter plugins). */
const firstPluginFilter = 256

/**
 * Filters that public plugins are registered for, by The HDF Group's list. A file that needs one is sound, and loads a
 * library that the host has chosen to install.
 */
const registeredFilters: ReadonlySet<number> = new Set([
  257, 258, 259, 305, 307, 32000, 32001, 32002, 32003, 32004, 32005, 32006, 32007, 32008, 32009, 32010, 32011, 32012,
  32013, 32014, 32015, 32016, 32017, 32018, 32019, 32020, 32021, 32022, 32023, 32024, 32025, 32026, 32027, 32028, 32029,
  32030, 32031, 32032, 32033, 32034,
])

/** h5py carries LZF in itself. */
const lzf = 32000

/** Values that take more memory than this, and far more than the file, are a bomb (CVE-2026-0897). */
const suspiciousBytes = 2 ** 30
const suspiciousRatio = 1000

/** A link that leads out of the file. */
export const checkLink = (link: Exclude<Hdf5Link, { kind: 'hard' }>, inspection: Inspection, inside: string): void => {
  if (link.kind === 'soft') return
  if (link.kind === 'user-defined') {
    inspection.report({
      rule: kerasRules['hdf5-user-defined-link'],
      message: `expected a hard, soft or external link, found one of class ${link.type}`,
      offset: link.offset,
      inside,
    })
    return
  }
  inspection.report({
    rule: kerasRules['hdf5-external-link'],
    message: `expected a model that is whole, found a link to ${printable(link.path)} in the file ${printable(link.file)}`,
    offset: link.offset,
    inside,
    evidence: { file: printable(link.file), path: printable(link.path) },
    severity: isOutsidePath(link.file) ? 'high' : 'medium',
  })
}

const checkFilters = (messages: readonly Message[], inspection: Inspection, inside: string): void => {
  for (const { id, name, offset } of readFilters(messages)) {
    if (id < firstPluginFilter || id === lzf) continue
    inspection.report({
      rule: kerasRules['hdf5-plugin-filter'],
      message: `expected a filter of the library, found ${id} ${printable(name)}, which a plugin must provide`,
      offset,
      inside,
      evidence: { filter: id, name: printable(name) },
      severity: registeredFilters.has(id) ? 'low' : 'medium',
    })
  }
}

const checkSize = (content: ByteSource, messages: readonly Message[], inspection: Inspection, inside: string): void => {
  const declared = declaredSize(messages)
  if (declared === undefined) return
  const { bytes, dimensions } = declared
  if (bytes < suspiciousBytes || bytes < content.size * suspiciousRatio) return
  inspection.report({
    rule: kerasRules['hdf5-declared-size'],
    message: `expected values in proportion to a file of ${content.size} bytes, found a dataset of ${bytes}`,
    inside,
    evidence: { dimensions: dimensions.map(String), bytes: String(bytes) },
  })
}

/** Where the values of a dataset come from, and how many it says that there are. */
export const checkStorage = (
  {
    file,
    content,
    messages,
  }: { readonly file: Hdf5File; readonly content: ByteSource; readonly messages: readonly Message[] },
  inspection: Inspection,
  inside: string,
): void => {
  for (const { file: name, offset } of readExternalFiles(file, messages)) {
    inspection.report({
      rule: kerasRules['hdf5-external-storage'],
      message: `expected the values in the file itself, found that they are read from ${printable(name)}`,
      offset,
      inside,
      evidence: { file: printable(name) },
    })
  }
  for (const { file: name, offset } of readVirtualSources(file, messages)) {
    if (name === '.') continue
    inspection.report({
      rule: kerasRules['hdf5-virtual-source'],
      message: `expected the values in the file itself, found a map to the file ${printable(name)}`,
      offset,
      inside,
      evidence: { file: printable(name) },
      severity: isOutsidePath(name) ? 'high' : 'medium',
    })
  }
  checkFilters(messages, inspection, inside)
  checkSize(content, messages, inspection, inside)
  const storage = contiguousStorage(messages)
  if (storage === undefined) return
  const { address, length, offset } = storage
  if (address + length > content.size) {
    throw malformed(offset, `expected the values inside ${content.size} bytes, found them up to ${address + length}`)
  }
}

const isText = (bytes: Uint8Array): boolean =>
  bytes.every((byte) => byte >= 0x20 || byte === 0 || (byte >= 9 && byte <= 13))

/** What stands before the superblock, which the library skips: MATLAB and h5jam put a text there. */
export const checkUserBlock = (content: ByteSource, length: number, inspection: Inspection): void => {
  const start = content.read(0, Math.min(length, 4096))
  const runs = ['#!', '<?', '<%', 'MZ', '\u007fELF'].some((magic) =>
    [...magic].every((character, index) => start[index] === character.charCodeAt(0)),
  )
  // A MATLAB header ends in a version and a mark of byte order, which are no text.
  const isMatlab = new TextDecoder('latin1').decode(start.subarray(0, 10)).startsWith('MATLAB ')
  if (!runs && (isMatlab || isText(start))) return
  inspection.report({
    rule: kerasRules['hdf5-user-block'],
    message: `expected a model or a text before the superblock, found ${runs ? 'a program' : 'other bytes'} in ${length} bytes`,
    offset: 0,
    severity: runs ? 'high' : 'low',
  })
}
