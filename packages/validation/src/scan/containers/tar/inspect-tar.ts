import type { Inspection } from '../../inspection.ts'
import { printable } from '../../rule.ts'
import type { ByteSource } from '../../source.ts'
import { checkEntryName, checkLink, createNameLedger } from '../entry-name.ts'
import { reportBomb } from '../expand-part.ts'
import { containerRules } from '../rules.ts'
import { tarDialects } from './dialects.ts'
import { type TarEntry, walkTar } from './entries.ts'

const linkTypes: readonly string[] = ['1', '2']
const specialTypes: Readonly<Record<string, string>> = { 3: 'character device', 4: 'block device', 6: 'pipe' }
const directoryType = '5'
const knownTypes: readonly string[] = ['0', '\0', '7', 'S', directoryType, ...linkTypes, ...Object.keys(specialTypes)]

const checkEntry = (entry: TarEntry, inspection: Inspection): void => {
  const { offset, header, name, linkTarget } = entry
  const report = (rule: keyof typeof containerRules, message: string): void =>
    inspection.report({ rule: containerRules[rule], message, offset, inside: name })
  checkEntryName(name, inspection, offset)
  if (linkTypes.includes(header.type)) {
    checkLink({ name, target: linkTarget, isHard: header.type === '1' }, inspection, offset)
  }
  const special = specialTypes[header.type]
  if (special !== undefined) report('entry-special', `expected a file, found a ${special}`)
  if (entry.isSparse) report('tar-sparse', 'expected an entry that is stored as a whole, found one with holes')
  if (!knownTypes.includes(header.type)) {
    report('tar-unknown-type', `expected a file, a directory or a link, found the type ${printable(header.type)}`)
  }
}

/** Reads a tar from header to header, and enters its files. */
export const inspectTar = async (content: ByteSource, inspection: Inspection): Promise<void> => {
  const entries: TarEntry[] = []
  const ledger = createNameLedger()
  try {
    for (const entry of walkTar(content, inspection)) {
      checkEntry(entry, inspection)
      if (entry.header.type !== directoryType) ledger.take(entry.name, inspection, entry.offset)
      if (entry.data.size > 0) entries.push(entry)
    }
  } catch (error) {
    reportBomb(error, inspection)
  }
  const plainName = (name: string): string => name.replace(/^\.\//, '')
  const names = new Set(entries.map(({ name }) => plainName(name)))
  const dialect = tarDialects.find((candidate) => candidate.matches(names))
  if (dialect !== undefined) inspection.refine(dialect.name)
  for (const { name, data } of entries) {
    const expected = dialect?.expected?.[plainName(name)]
    await inspection.enter({ name: printable(name), content: data, ...(expected === undefined ? {} : { expected }) })
  }
}
