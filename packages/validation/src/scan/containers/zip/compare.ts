import type { Inspection } from '../../inspection.ts'
import { printable } from '../../rule.ts'
import { containerRules } from '../rules.ts'
import { type CentralRecord, type LocalHeader, unicodePath, zipFlag } from './records.ts'

const isAscii = /^\p{ASCII}*$/u

const refusedFlags = zipFlag.patched | zipFlag.strong | zipFlag.masked

type Report = (rule: keyof typeof containerRules, message: string, evidence?: Record<string, string | number>) => void

const checkFlags = (record: CentralRecord, local: LocalHeader, report: Report): void => {
  const flags = record.flags | local.flags
  if ((flags & zipFlag.encrypted) !== 0)
    report('entry-encrypted', 'expected an entry that is not encrypted, found its flag 0x1')
  const refused = flags & refusedFlags
  if (refused !== 0) {
    report('zip-reserved-flag', `expected no flag that readers refuse, found 0x${refused.toString(16)}`, { flags })
  }
}

const checkName = (record: CentralRecord, local: LocalHeader, report: Report): void => {
  if (!record.nameBytes.equals(local.nameBytes)) {
    const evidence = { directory: printable(record.name), local: printable(local.name) }
    report(
      'zip-name-mismatch',
      `expected the name ${evidence.directory}, found ${evidence.local} before the data`,
      evidence,
    )
  }
  for (const header of [record, local]) {
    const second = unicodePath(header)
    if (second === undefined || second.name === header.name) continue
    // The field is there for names that the archive's own alphabet cannot say; an ASCII name needs none.
    if (!isAscii.test(header.name)) continue
    const evidence = { name: printable(header.name), second: printable(second.name) }
    report('zip-second-name', `expected the name ${evidence.name} only, found also ${evidence.second}`, evidence)
    return
  }
}

/** A local header leaves a number to the descriptor after the data, or to the zip64 field, where it is one of these. */
const isLeftOpen = (value: number, local: LocalHeader): boolean =>
  (local.flags & zipFlag.descriptor) !== 0 && (value === 0 || value === 0xffffffff)

const numbers = { checksum: 'the checksum', compressedLength: 'the compressed size', length: 'the size' } as const

/** Whether the local header gives other numbers than the directory. */
export const hasOtherNumbers = (record: CentralRecord, local: LocalHeader): boolean =>
  (Object.keys(numbers) as (keyof typeof numbers)[]).some(
    (name) => local[name] !== record[name] && !isLeftOpen(local[name], local),
  )

const checkNumbers = (record: CentralRecord, local: LocalHeader, report: Report): void => {
  for (const [name, shown] of Object.entries(numbers) as [keyof typeof numbers, string][]) {
    if (local[name] === record[name] || isLeftOpen(local[name], local)) continue
    report(
      'zip-size-mismatch',
      `expected ${shown} ${record[name]} of the directory, found ${local[name]} before the data`,
      {
        directory: record[name],
        local: local[name],
      },
    )
    return
  }
}

/** Compares what the directory and the header before the data say about an entry. */
export const compareHeaders = (record: CentralRecord, local: LocalHeader, at: number, inspection: Inspection): void => {
  const report: Report = (rule, message, evidence) =>
    inspection.report({
      rule: containerRules[rule],
      message,
      offset: at,
      inside: record.name,
      ...(evidence === undefined ? {} : { evidence }),
    })
  checkFlags(record, local, report)
  checkName(record, local, report)
  checkNumbers(record, local, report)
  if (record.method !== local.method) {
    report(
      'zip-method-mismatch',
      `expected compression ${record.method} of the directory, found ${local.method} before the data`,
      {
        directory: record.method,
        local: local.method,
      },
    )
  }
  const contradiction = record.contradiction ?? local.contradiction
  if (contradiction !== undefined) report('zip64-mismatch', `expected one size of the entry, found ${contradiction}`)
  if (record.disk !== 0 && record.disk !== 0xffff) {
    report('zip-several-disks', `expected all entries in this file, found one on volume ${record.disk}`)
  }
}
