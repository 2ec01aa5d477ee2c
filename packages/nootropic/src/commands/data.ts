import { z } from 'zod'
import type { DataControl } from '../people/data-control.ts'
import type { ErasureStatement } from '../people/erasure.ts'
import type { PersonalExport } from '../people/export.ts'
import { type Invocation, operand, type Streams, textOption, type Verb, type VerbResult } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'
import { parseJson } from './parse-json.ts'
import { quantity } from './quantity.ts'
import { readText } from './read-text.ts'
import { createOutput, verifyNewOutput } from './write-output.ts'

const withData = (
  invocation: Invocation,
  streams: Streams,
  work: (data: DataControl) => Promise<VerbResult>,
): Promise<VerbResult> => withInstallation(invocation, streams, ({ data }) => work(data))

/** How much is held of somebody, in words. */
const holdings = ({ isAnythingHeld, apiKeys, sessions, auditEntries, mentions }: PersonalExport): string =>
  isAnythingHeld
    ? [
        quantity(apiKeys.length, 'API key'),
        quantity(sessions.length, 'session'),
        quantity(auditEntries.length, 'audit entry', 'audit entries'),
        quantity(mentions.length, 'text that names them', 'texts that name them'),
      ].join(', ')
    : 'nothing is held'

const userOperand = (invocation: Invocation) => ({ type: 'user', id: operand(invocation, 0, 'the name of a user') })

const outputOption = {
  output: { type: 'string', short: 'o', value: 'FILE', description: 'write it into a new file' },
} as const

/** Writes a document into the file that `--output` names, where there is one. */
const writeDocument = async (
  document: object,
  invocation: Invocation,
  streams: Streams,
): Promise<string | undefined> => {
  const output = textOption(invocation, 'output')
  if (output !== undefined) await createOutput(output, `${JSON.stringify(document, null, 2)}\n`, streams)
  return output
}

export const dataList: Verb = {
  name: 'data list',
  operands: '',
  summary: 'what is kept: where, how it is protected, and for how long',
  options: installationOptions,
  run: (invocation, streams) =>
    withData(invocation, streams, async (data) => {
      const kept = await data.kept()
      const width = Math.max(...kept.map(({ kind }) => kind.length))
      const lines = kept.map(({ kind, count, protection, until, isPersonal, because }) => {
        const whose = isPersonal ? 'of people' : ''
        const row = `${kind.padEnd(width)}  ${String(count).padStart(6)}  ${protection.padEnd(10)}  ${whose.padEnd(9)}  ${until}`
        return `${row}\n${' '.repeat(width + 10)}${because}`
      })
      return { exit: 0, document: { kept }, text: `${lines.join('\n')}\n` }
    }),
}

export const dataExport: Verb = {
  name: 'data export',
  operands: 'USER',
  summary: 'all that is held of a user, as one JSON document without any secret',
  options: { ...installationOptions, ...outputOption },
  async run(invocation, streams) {
    const user = userOperand(invocation)
    const wanted = textOption(invocation, 'output')
    if (wanted !== undefined) await verifyNewOutput(wanted, streams)
    return withData(invocation, streams, async (data) => {
      const held = await data.export(user)
      const output = await writeDocument(held, invocation, streams)
      const text = output === undefined ? JSON.stringify(held, null, 2) : `${user.id}: ${holdings(held)}; in ${output}`
      return { exit: 0, document: { ...held }, text: `${text}\n` }
    })
  },
}

const statementText = (statement: ErasureStatement): string => {
  const { removed, sealedEntries, entriesInClear } = statement
  const rows = Object.values(removed).reduce((sum, count) => sum + count, 0)
  const clear =
    entriesInClear === 0
      ? ''
      : `\n${quantity(entriesInClear, 'audit entry', 'audit entries')} from when names were not sealed: the log cannot forget them`
  const sealed = quantity(sealedEntries, 'audit entry', 'audit entries')
  return `${quantity(rows, 'row')} removed, ${sealed} that nobody can open any more${clear}`
}

export const dataErase: Verb = {
  name: 'data erase',
  operands: 'USER',
  summary: 'remove all that is held of a user, for ever, and write a proof of it',
  options: {
    ...installationOptions,
    yes: { type: 'boolean', description: 'do it; without this option it only says what would be removed' },
    output: { type: 'string', short: 'o', value: 'FILE', description: 'write the proof into a new file' },
  },
  async run(invocation, streams) {
    const user = userOperand(invocation)
    const wanted = textOption(invocation, 'output')
    if (wanted !== undefined) await verifyNewOutput(wanted, streams)
    return withData(invocation, streams, async (data) => {
      if (invocation.options.yes !== true) {
        const held = await data.export(user)
        const text = `${user.id}: ${holdings(held)}; nothing was erased, --yes erases it for ever\n`
        return { exit: 1, document: { erased: false, isAnythingHeld: held.isAnythingHeld }, text }
      }
      const { statement, proof } = await data.erase(user)
      const output = await writeDocument(proof, invocation, streams)
      if (!statement.tracesErased) {
        const engine =
          'PostgreSQL frees the space in its own time; a SQLite file keeps it while another program has it open'
        streams.diagnostics(`traces may be left in the database file: ${engine}\n`)
      }
      const written = output === undefined ? '' : `\nthe proof is in ${output}`
      const text = `${user.id} is erased: ${statementText(statement)}${written}\n`
      return { exit: 0, document: { erased: true, statement, proof }, text }
    })
  },
}

export const dataVerifyErasure: Verb = {
  name: 'data verify-erasure',
  operands: 'FILE',
  summary: 'check the proof of an erasure against the audit log and the key store',
  options: installationOptions,
  run: (invocation, streams) =>
    withData(invocation, streams, async (data) => {
      const path = operand(invocation, 0, 'the proof that `data erase` wrote')
      const expected = { path, expected: 'the proof of an erasure', code: 'AUDIT_CORRUPT' } as const
      const proof = parseJson(z.unknown(), await readText('FILE', path, streams), expected)
      const statement = await data.verifyErasure(proof)
      const shown = `the audit log has this erasure, and its keys are gone: ${statementText(statement)}\n`
      return { exit: 0, document: { verified: true, statement }, text: shown }
    }),
}
