import { type Clock, NootropicError } from '@nootropic/core'
import type { Database, Migrations } from '@nootropic/core/storage'
import { type Kysely, sql, type Transaction } from 'kysely'
import { type Incident, incidentSchema, type TimelineEntry, timelineEntrySchema } from './incident.ts'

interface Tables {
  incident_record: { id: string; model: string; state: string; opened_at: string; content: string }
  incident_entry: { incident: string; sequence: number; content: string }
}

const migrations: Migrations = {
  '0001-incidents': {
    up: async (db) => {
      await db.schema
        .createTable('incident_record')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('model', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('opened_at', 'text', (column) => column.notNull())
        .addColumn('content', 'text', (column) => column.notNull())
        .execute()
      // The database itself refuses a second open incident of a model, whatever process asks.
      await db.schema
        .createIndex('incident_record_open')
        .on('incident_record')
        .column('model')
        .unique()
        .where(sql<boolean>`state <> 'closed'`)
        .execute()
      await db.schema
        .createTable('incident_entry')
        .addColumn('incident', 'text', (column) => column.notNull().references('incident_record.id'))
        .addColumn('sequence', 'integer', (column) => column.notNull())
        .addColumn('content', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('incident_entry_key', ['incident', 'sequence'])
        .execute()
    },
  },
}

/** What is written to a timeline; the store adds place, time and state. */
type NewEntry = Pick<TimelineEntry, 'kind' | 'data'>

/** A change of an incident and the entry that tells of it. */
export interface IncidentChange {
  readonly incident: Incident
  readonly entry: NewEntry
}

/** Incidents and their timelines. Every call that changes something resolves when it is on disk. */
export interface IncidentStore {
  /** Opens `incident`, or changes the open one of the same model, in one transaction. */
  openOrChange(incident: Incident, entry: NewEntry, change: (open: Incident) => IncidentChange): Promise<Incident>
  /**
   * Changes an incident from what it is now.
   *
   * @throws NootropicError `USAGE` for an unknown id; and what `change` throws, with nothing changed.
   */
  change(id: string, change: (current: Incident) => IncidentChange): Promise<Incident>
  /** @throws NootropicError `USAGE` for an unknown id. */
  get(id: string): Promise<Incident>
  /** The open incident of a model. */
  openOf(model: string): Promise<Incident | undefined>
  /** The newest first. */
  list(): Promise<Incident[]>
  timeline(id: string): Promise<TimelineEntry[]>
}

const parseIncident = ({ content }: { content: string }): Incident => incidentSchema.parse(JSON.parse(content))

const incidentOf = (row: { content: string } | undefined, id: string): Incident => {
  if (row !== undefined) return parseIncident(row)
  const found = JSON.stringify(id)
  throw new NootropicError('USAGE', `expected the id of an incident, got ${found}; list the incidents to see them`)
}

// The update holds the row against every other transaction: PostgreSQL lets two read before either writes.
const lockedContent = (db: Kysely<Tables>) =>
  db
    .updateTable('incident_record')
    .set((record) => ({ state: record.ref('state') }))
    .returning('content')

/** Opens the tables of incidents in a database. */
export const openIncidentStore = async (database: Database, clock: Clock): Promise<IncidentStore> => {
  await database.migrate('incident', migrations)
  const db = database.tables<Tables>()

  const write = async (transaction: Transaction<Tables>, { incident, entry }: IncidentChange): Promise<Incident> => {
    const { id, model, state, openedAt } = incident
    const content = JSON.stringify(incidentSchema.parse(incident))
    await transaction
      .insertInto('incident_record')
      .values({ id, model, state, opened_at: openedAt, content })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ state, content }))
      .execute()
    const last = await transaction
      .selectFrom('incident_entry')
      .select(({ fn }) => fn.max('sequence').as('sequence'))
      .where('incident', '=', id)
      .executeTakeFirst()
    const sequence = (last?.sequence ?? -1) + 1
    const complete: TimelineEntry = { sequence, at: clock.now().toISOString(), state, ...entry }
    await transaction
      .insertInto('incident_entry')
      .values({ incident: id, sequence, content: JSON.stringify(timelineEntrySchema.parse(complete)) })
      .execute()
    return incident
  }

  return {
    openOrChange: (incident, entry, change) =>
      db.transaction().execute(async (transaction) => {
        const open = await lockedContent(transaction)
          .where('model', '=', incident.model)
          .where('state', '<>', 'closed')
          .executeTakeFirst()
        return write(transaction, open === undefined ? { incident, entry } : change(parseIncident(open)))
      }),
    change: (id, change) =>
      db.transaction().execute(async (transaction) => {
        const row = await lockedContent(transaction).where('id', '=', id).executeTakeFirst()
        return write(transaction, change(incidentOf(row, id)))
      }),
    get: async (id) =>
      incidentOf(await db.selectFrom('incident_record').select('content').where('id', '=', id).executeTakeFirst(), id),
    openOf: async (model) => {
      const row = await db
        .selectFrom('incident_record')
        .select('content')
        .where('model', '=', model)
        .where('state', '<>', 'closed')
        .executeTakeFirst()
      return row === undefined ? undefined : parseIncident(row)
    },
    list: async () => {
      const rows = await db
        .selectFrom('incident_record')
        .select('content')
        .orderBy('opened_at', 'desc')
        .orderBy('id')
        .execute()
      return rows.map(parseIncident)
    },
    timeline: async (id) => {
      const rows = await db
        .selectFrom('incident_entry')
        .select('content')
        .where('incident', '=', id)
        .orderBy('sequence')
        .execute()
      return rows.map(({ content }) => timelineEntrySchema.parse(JSON.parse(content)))
    },
  }
}
