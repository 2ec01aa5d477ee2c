import { mentionOf } from '@nootropic/access'
import { type Json, NootropicError } from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import { mapTexts, somebody } from './mentions.ts'
import type { Subject } from './people.ts'

/** Where text stands that somebody wrote, or that was kept as evidence: names can be in it. */
const places = [
  { table: 'incident_record', key: ['id'], column: 'content', isJson: true },
  { table: 'incident_entry', key: ['incident', 'sequence'], column: 'content', isJson: true },
  { table: 'runtime_activations', key: ['name', 'sequence'], column: 'reason', isJson: false },
  { table: 'runtime_models', key: ['name'], column: 'suspended_reason', isJson: false },
] as const

/** A text that names somebody, and where. */
export interface MentionPlace {
  readonly table: string
  readonly key: Readonly<Record<string, string | number>>
  readonly content: Json
}

const maximumRounds = 10

type Rows = Record<string, Record<string, string | number | null>>

/** The texts of incidents and of the registry that name people. */
export interface KeptMentions {
  find(subject: Subject): Promise<MentionPlace[]>
  /** Puts `by` in the place of somebody's name, or something else where that holds the name. @returns in how many rows. */
  replace(subject: Subject, by: string): Promise<number>
}

export const openKeptMentions = (database: Database): KeptMentions => {
  const tables = database.tables<Rows>()

  const search = async (subject: Subject, by: string) => {
    const mention = mentionOf(subject)
    const present = new Set((await tables.introspection.getTables()).map(({ name }) => name))
    const found: (MentionPlace & { readonly column: string; readonly text: string; readonly replaced: string })[] = []
    for (const { table, key, column, isJson } of places) {
      if (!present.has(table)) continue
      const rows = await tables
        .selectFrom(table)
        .select([...key, column])
        .where(column, 'is not', null)
        .execute()
      for (const row of rows) {
        const text = String(row[column])
        const content: Json = isJson ? JSON.parse(text) : text
        const change = (one: string): string => mention.replaceInRecord(one, by)
        const replaced = isJson ? JSON.stringify(mapTexts(content, change)) : mention.replaceIn(text, by)
        if (replaced === (isJson ? JSON.stringify(content) : text)) continue
        const place = Object.fromEntries(key.map((name) => [name, row[name] ?? '']))
        found.push({ table, key: place, content, column, text, replaced })
      }
    }
    return found
  }

  return {
    async find(subject) {
      const found = await search(subject, somebody)
      return found.map(({ table, key, content }) => ({ table, key, content }))
    },
    async replace(subject, wanted) {
      const { isIn } = mentionOf(subject)
      const by = [wanted, '(erased)'].find((text) => !isIn(text)) ?? '…'
      const changed = new Set<string>()
      for (let round = 0; round < maximumRounds; round += 1) {
        const found = await search(subject, by)
        if (found.length === 0) return changed.size
        for (const { table, key, column, text, replaced } of found) {
          let update = tables.updateTable(table).set({ [column]: replaced })
          for (const [name, value] of Object.entries(key)) update = update.where(name, '=', value)
          // What another process wrote meanwhile is not lost: the next round reads it.
          await update.where(column, '=', text).execute()
          changed.add(JSON.stringify([table, key]))
        }
      }
      const message = `expected to take a name out of ${places.map(({ table }) => table).join(', ')}, found it written again and again`
      throw new NootropicError('STORAGE_FAILED', `${message}; end what writes there, then erase again`)
    },
  }
}
