import { type Format, hasMagic, type Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { checkEntryName, checkLink, createNameLedger } from './entry-name.ts'
import { expandPart } from './expand-part.ts'
import { containerRules } from './rules.ts'
import { runDecoder } from './streams/decoder-thread.ts'
import { UnsupportedStream } from './streams/expansion.ts'

/** What libarchive needs in one piece of memory, beside what it expands (CWE-789). */
const maximumArchiveLength = 2 ** 26

/** How libarchive numbers the kinds of entries. */
const kind = { file: 0x8000, link: 0xa000, directory: 0x4000 } as const

/** What `ar` calls its index of symbols and its table of long names. */
const indexNames = /^\/(?:\/|SYM64\/)?$/

interface ArchiveEntry {
  readonly name: string | null
  readonly kind: number
  readonly link: string
  readonly isHardLink: boolean
  readonly isEncrypted: boolean
}

const checkEntry = (entry: ArchiveEntry, name: string, inspection: Inspection): void => {
  if (!indexNames.test(name)) checkEntryName(name, inspection)
  if (entry.link !== '') checkLink({ name, target: entry.link, isHard: entry.isHardLink }, inspection)
  const isPlain = entry.kind === 0 || (Object.values(kind) as number[]).includes(entry.kind)
  const report = (rule: keyof typeof containerRules, message: string): void =>
    inspection.report({ rule: containerRules[rule], message, inside: name })
  if (!isPlain) report('entry-special', `expected a file, found the kind 0${entry.kind.toString(8)}`)
  if (entry.isEncrypted) {
    report('entry-encrypted', 'expected an entry that is not encrypted, found one that is')
    inspection.incomplete(`${printable(name)}: not scanned: it is encrypted`)
  }
}

/** Reads an archive by libarchive, and enters its files. */
const inspectArchive = async (content: ByteSource, inspection: Inspection): Promise<void> => {
  if (content.size > Math.min(maximumArchiveLength, inspection.limits.heldBytes)) {
    inspection.incomplete(`not scanned: an archive of more than ${maximumArchiveLength} bytes`)
    return
  }
  const news = runDecoder<ArchiveEntry | Uint8Array>('libarchive', content)
  const ledger = createNameLedger()
  let failure: unknown
  let next: ArchiveEntry | undefined
  const take = async (): Promise<ArchiveEntry | Uint8Array | undefined> => {
    try {
      const { value, done } = await news.next()
      return done ? undefined : value
    } catch (error) {
      failure = error
      return undefined
    }
  }
  /** The data of an entry, up to the next one. */
  async function* data(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const item = await take()
      if (item instanceof Uint8Array) {
        yield item
        continue
      }
      next = item
      return
    }
  }
  try {
    const first = await take()
    if (first === undefined && failure === undefined) inspection.incomplete('not scanned: the archive has no entry')
    for (let entry = first instanceof Uint8Array ? undefined : first; entry !== undefined; entry = next) {
      inspection.budget.takeEntry()
      const name = entry.name ?? 'content'
      checkEntry(entry, name, inspection)
      if (entry.kind !== kind.directory) ledger.take(name, inspection)
      next = undefined
      const expanded = await expandPart(data(), inspection, name)
      if (expanded !== undefined && expanded.size > 0)
        await inspection.enter({ name: printable(name), content: expanded })
    }
  } finally {
    await news.return()
  }
  if (failure === undefined) return
  const reason = failure instanceof Error ? failure.message : String(failure)
  if (failure instanceof UnsupportedStream) inspection.incomplete(`not scanned to the end: ${reason}`)
  else {
    inspection.report({
      rule: containerRules['stream-broken'],
      message: `expected an archive that is sound, found ${printable(reason)}`,
    })
    inspection.incomplete(`not scanned to the end: ${printable(reason)}`)
  }
}

/** Where the first volume descriptor of ISO 9660 stands, after its type. */
const isoMagicAt = 32_769

const archive = (name: string, title: string, isFormat: (sample: Sample) => boolean): Format => ({
  name,
  title,
  recognise: (sample) => (isFormat(sample) ? 'certain' : undefined),
  inspect: inspectArchive,
})

const startsWith = (...magics: (string | readonly number[])[]): ((sample: Sample) => boolean) => {
  return ({ head }) => magics.some((magic) => hasMagic(head, magic))
}

/** Archives that libarchive reads. */
export const archiveFormats: readonly Format[] = [
  archive('7z', 'a 7z archive', startsWith([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c])),
  archive('rar', 'a RAR archive', startsWith('Rar!\x1a\x07')),
  archive('cab', 'a cabinet', startsWith('MSCF\0\0\0\0')),
  archive('cpio', 'a cpio archive', startsWith('070701', '070702', '070707')),
  archive('ar', 'an ar archive', startsWith('!<arch>\n')),
  archive('lha', 'an LHA archive', ({ head }) => hasMagic(head, '-lh', 2) && hasMagic(head, '-', 6)),
  archive('xar', 'a xar archive', startsWith('xar!\0')),
  archive(
    'iso9660',
    'an ISO 9660 image',
    ({ size, content }) => size > isoMagicAt + 2048 && hasMagic(content.read(isoMagicAt, 5), 'CD001'),
  ),
]
