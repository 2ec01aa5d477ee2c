import type { AuditLog, EventBus, Finding } from '@nootropic/core'
import type { HostReport } from './host-report.ts'

/** Calls `work` from time to time; returns the call that ends it. */
type Repeat = (work: () => void, everyMs: number) => () => void

/** How a host is watched. */
export interface HostWatchOptions {
  /** One whole check, such as `() => checkHost(…)`. */
  readonly check: () => Promise<HostReport>
  /** Milliseconds between two checks; each starts a worker, which takes about a tenth of a second. */
  readonly everyMs?: number
  /** Is told of the first check, of changes, and of a check that failed. */
  readonly bus: Pick<EventBus, 'publish'>
  /** Where the same is kept; undefined: nowhere. */
  readonly audit?: Pick<AuditLog, 'append'> | undefined
  readonly onError: (error: unknown) => void
  /** Timers; a test has its own. */
  readonly repeat?: Repeat
}

/** A host that is checked again while models run. */
export interface HostWatch {
  /** Checks now. Where a check is under way, its result is this one's too. */
  check(): Promise<HostReport>
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>
}

/** How long a host is believed to stay as it was. */
const hostWatchMs = 10 * 60_000

const repeatUnreferenced: Repeat = (work, everyMs) => {
  const timer = setInterval(work, everyMs)
  // Watching is no reason for a process to stay.
  timer.unref()
  return () => clearInterval(timer)
}

const findingsOf = ({ checks }: HostReport): Map<string, Finding> =>
  new Map(
    checks.flatMap(({ findings }) => findings).map((finding) => [`${finding.rule} ${finding.location.path}`, finding]),
  )

/** What both the bus and the audit log are told: names and severities, no path and no message. */
interface Told {
  readonly verdict: HostReport['verdict']
  readonly appeared: { readonly rule: string; readonly severity: string }[]
  readonly gone: string[]
}

const compare = (before: HostReport | undefined, now: HostReport): Told | undefined => {
  const [earlier, later] = [before === undefined ? new Map<string, Finding>() : findingsOf(before), findingsOf(now)]
  const appeared = [...later].filter(([key]) => !earlier.has(key)).map(([, { rule, severity }]) => ({ rule, severity }))
  const gone = [...earlier].filter(([key]) => !later.has(key)).map(([, { rule }]) => rule)
  const isChanged = before?.verdict !== now.verdict || appeared.length > 0 || gone.length > 0
  return isChanged ? { verdict: now.verdict, appeared, gone } : undefined
}

/**
 * Checks a host now, and again from time to time. What changed is an event, `ai.nootropic.host.checked`, and an audit record
 * where there is a log: the first check always is. A check that fails is told as `incomplete`.
 *
 * @throws NootropicError `AUDIT_UNAVAILABLE` from `check`, when what was found cannot be kept
 */
export const watchHost = (options: HostWatchOptions): HostWatch => {
  const { bus, audit, onError, everyMs = hostWatchMs, repeat = repeatUnreferenced } = options
  let last: HostReport | undefined
  let underWay: Promise<HostReport> | undefined

  const tell = async (told: Told, reason?: string): Promise<void> => {
    const said = reason === undefined ? {} : { reason }
    await bus.publish({
      source: '/nootropic/runtime',
      type: 'ai.nootropic.host.checked',
      subject: 'this',
      data: { ...told, ...said },
    })
    await audit?.append({
      category: 'security',
      actor: 'system:/nootropic/runtime',
      action: 'host.checked',
      resource: 'host:this',
      outcome: told.verdict === 'pass' ? 'succeeded' : 'failed',
      ...said,
      details: { ...told },
    })
  }
  const checkOnce = async (): Promise<HostReport> => {
    let report: HostReport
    try {
      report = await options.check()
    } catch (error) {
      last = undefined
      const reason = error instanceof Error ? error.message : String(error)
      await tell({ verdict: 'incomplete', appeared: [], gone: [] }, reason)
      throw error
    }
    const told = compare(last, report)
    if (told !== undefined) await tell(told)
    // Only what was told counts as known: what could not be kept is told again.
    last = report
    return report
  }
  const check = (): Promise<HostReport> => {
    underWay ??= checkOnce().finally(() => {
      underWay = undefined
    })
    return underWay
  }
  const end = repeat(() => void check().catch(onError), everyMs)
  return {
    check,
    async stop() {
      end()
      await underWay?.catch(() => undefined)
    },
  }
}
