import type { AuditLog, EventBus } from '@nootropic/core'
import { watchHost } from '@nootropic/runtime'
import { manifestOf } from '../manifest-of.ts'
import { checkThisHost, type HostCheckParts } from './host-check.ts'

/** What watching a host takes. */
export interface HostWatchParts extends HostCheckParts {
  readonly bus: EventBus
  readonly audit: AuditLog
  readonly onError: (error: unknown) => void
}

/** A host that is watched while models run, where a SystemSecurity manifest asks for it. */
export interface SystemWatch {
  /** The first model is about to run: the host is checked now, and from time to time. Nobody waits for it. */
  begin(): void
  stop(): Promise<void>
}

export const watchSystem = (parts: HostWatchParts): SystemWatch => {
  const monitoring = manifestOf(parts.settings, 'SystemSecurity')?.spec.monitoring.map(({ type }) => type) ?? []
  let watch: ReturnType<typeof watchHost> | undefined
  return {
    begin() {
      if (monitoring.length === 0 || watch !== undefined) return
      const { bus, audit, onError } = parts
      watch = watchHost({
        check: () => checkThisHost(parts),
        bus,
        onError,
        audit: monitoring.includes('audit') ? audit : undefined,
        // `local` is to look again; without it the host is checked once.
        ...(monitoring.includes('local') ? {} : { repeat: () => () => {} }),
      })
      watch.check().catch(onError)
    },
    async stop() {
      await watch?.stop()
    },
  }
}
