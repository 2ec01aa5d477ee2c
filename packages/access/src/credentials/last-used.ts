import type { Database } from '@nootropic/core/storage'
import type { ApiKeyTables } from './api-key-table.ts'

// To the hour: enough to find keys that nobody uses, too coarse to follow a person's day.
const granularityMs = 60 * 60 * 1000
// One write for what came in a minute, and never more in memory than this (CWE-770).
const flushAfterMs = 60 * 1000
const maximumPending = 512

/** Notes when keys were last used, to the hour, many keys in one write. */
export interface LastUsed {
  /** @param known what the key's row says already. */
  note(id: string, now: number, known: string | null): Promise<void>
  /** Writes what was noted. */
  flush(): Promise<void>
}

export const createLastUsed = (database: Database, monotonicMs: () => number): LastUsed => {
  const tables = database.tables<ApiKeyTables>()
  let pending = new Map<string, string>()
  let flushedAt = monotonicMs()

  const flush = async (): Promise<void> => {
    const batch = pending
    pending = new Map()
    flushedAt = monotonicMs()
    for (const hour of new Set(batch.values())) {
      const ids = [...batch].filter(([, value]) => value === hour).map(([id]) => id)
      await tables
        .updateTable('access_api_keys')
        .set({ last_used_at: hour })
        .where('id', 'in', ids)
        // Never back: another process may have written a later hour.
        .where((row) => row.or([row('last_used_at', 'is', null), row('last_used_at', '<', hour)]))
        .execute()
    }
  }

  return {
    async note(id, now, known) {
      const hour = new Date(Math.floor(now / granularityMs) * granularityMs).toISOString()
      if (known !== null && known >= hour) return
      pending.set(id, hour)
      if (pending.size >= maximumPending || monotonicMs() - flushedAt >= flushAfterMs) await flush()
    },
    flush,
  }
}
