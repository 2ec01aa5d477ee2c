import { join, relative } from 'node:path'
import { type ExpectedFile, recordIntegrity } from '@nootropic/access'
import { digestSchema, type ModelRef } from '@nootropic/core'
import type { Database, Migrations } from '@nootropic/core/storage'
import type { Vault } from '@nootropic/runtime'

/** A row of `nootropic_sealed_files`. */
interface SealedFileRow {
  name: string
  version: string
  /** Inside the directory of the version. */
  file: string
  digest: string
}

interface Tables {
  nootropic_sealed_files: SealedFileRow
}

const migrations: Migrations = {
  '0001-sealed-files': {
    up: async (db) => {
      await db.schema
        .createTable('nootropic_sealed_files')
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('version', 'text', (column) => column.notNull())
        .addColumn('file', 'text', (column) => column.notNull())
        .addColumn('digest', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('nootropic_sealed_files_key', ['name', 'version', 'file'])
        .execute()
    },
  },
}

/** The digests of sealed files, as they were when their models were admitted. */
export interface SealedDigests {
  /**
   * Records the files of a sealed version, after they opened as the model that was registered.
   *
   * @throws NootropicError as `Vault.openReader`; `FILE_UNREADABLE`, `STORAGE_FAILED`
   */
  record(ref: ModelRef, signal?: AbortSignal): Promise<void>
  /** Every recorded file, with its absolute path. */
  list(): Promise<(ExpectedFile & Pick<ModelRef, 'name' | 'version'>)[]>
}

/** Opens the record of sealed files in a database, and makes its table where it is not there. */
export const openSealedDigests = async (options: {
  database: Database
  /** Where the vault keeps models: each version in `NAME/VERSION`. */
  models: string
  vault: Pick<Vault, 'openReader'>
}): Promise<SealedDigests> => {
  const { database, models, vault } = options
  await database.migrate('nootropicdigests', migrations)
  const tables = database.tables<Tables>()
  const directoryOf = ({ name, version }: Pick<ModelRef, 'name' | 'version'>): string => join(models, name, version)

  return {
    async record(ref, signal) {
      const directory = directoryOf(ref)
      const files = await recordIntegrity([directory], signal)
      // Read after they were hashed: what was changed before that does not open.
      const reader = await vault.openReader(ref)
      try {
        for (const file of reader.files) for await (const _ of file.stream()) signal?.throwIfAborted()
      } finally {
        await reader.close()
      }
      const { name, version } = ref
      const rows = files.map(({ path, digest }) => ({ name, version, file: relative(directory, path), digest }))
      await tables.transaction().execute(async (transaction) => {
        const kept = transaction.deleteFrom('nootropic_sealed_files')
        await kept.where('name', '=', name).where('version', '=', version).execute()
        await transaction
          .insertInto('nootropic_sealed_files')
          .values(rows)
          // Another process records the same at once.
          .onConflict((conflict) =>
            conflict
              .columns(['name', 'version', 'file'])
              .doUpdateSet((row) => ({ digest: row.ref('excluded.digest') })),
          )
          .execute()
      })
    },
    async list() {
      const rows = await tables.selectFrom('nootropic_sealed_files').selectAll().execute()
      return rows.map(({ name, version, file, digest }) => ({
        name,
        version,
        path: join(directoryOf({ name, version }), file),
        digest: digestSchema.parse(digest),
      }))
    },
  }
}
