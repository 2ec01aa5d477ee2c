import type { Event, EventContent, Finding } from '@nootropic/core'
import type { FileChange } from './changes.ts'
import { watchFiles } from './file-watch.ts'
import { type FileHolder, listHolders } from './holders.ts'
import { takeSnapshot } from './snapshot.ts'

/** What one check of an {@link AccessMonitor} found. */
export interface AccessCheck {
  /** Since the last look. */
  readonly changes: readonly FileChange[]
  readonly findings: readonly Finding[]
  readonly holders: readonly FileHolder[]
}

/** Watches models, keys and settings until it is closed. */
export interface AccessMonitor {
  /** Runs every check now, publishes what is new, and returns what is wrong. */
  check(): Promise<AccessCheck>
  /** What it cannot see, in sentences: to be shown where its results are. */
  blindSpots(): string[]
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>
}

const defaultCheckSeconds = 300
// Who makes files by the thousand must not fill the log, nor this process while nothing can be published (CWE-770).
const maximumUntold = 1000

/** The types of event that a monitor publishes. */
export const accessMonitorEvents = {
  fileChanged: 'ai.nootropic.access.file.changed',
  findingFound: 'ai.nootropic.access.finding.found',
  modelHeld: 'ai.nootropic.access.model.held',
  checkFailed: 'ai.nootropic.access.check.failed',
} as const

/**
 * Watches files as the manifest kind AccessMonitoring asks for: changes as they happen, and at intervals the checks that it is
 * given and the processes that hold a file. A finding or holder is published when it is new, not at every check; what could
 * not be published is published again at the next one.
 *
 * It detects and never prevents; `blindSpots()` says what it cannot see.
 *
 * @param options.paths absolute files and directories whose changes are told of.
 * @param options.heldPaths absolute files and directories whose holders are listed.
 * @param options.checks such as `createIntegrityCheck(…)` or `() => checkPermissions(…)`.
 * @param options.publish for example `(content) => bus.publish(content)`.
 * @param options.onError is told when publishing fails.
 * @throws NootropicError `USAGE` for a path that is not absolute.
 * @example
 * ```ts
 * const monitor = await openAccessMonitor({ paths: ['/srv/models'], publish: (content) => bus.publish(content), onError: console.error })
 * console.log(monitor.blindSpots().join('\n'))
 * ```
 */
export const openAccessMonitor = async (options: {
  paths: readonly string[]
  heldPaths?: readonly string[]
  checks?: readonly (() => Promise<readonly Finding[]>)[]
  checkEverySeconds?: number
  publish: (content: EventContent) => Promise<unknown>
  onError: (error: unknown) => void
}): Promise<AccessMonitor> => {
  const { paths, heldPaths = [], checks = [], publish, onError } = options
  const { checkEverySeconds = defaultCheckSeconds } = options
  let known = new Set<string>()
  let holderBlindSpots: string[] = []
  const untold: FileChange[] = []
  let uncounted = 0

  const tell = async (type: string, subject: string, data: Event['data']): Promise<boolean> => {
    try {
      await publish({ source: '/nootropic/access', type, subject, data })
      return true
    } catch (error) {
      onError(error)
      return false
    }
  }

  const tellUntold = async (): Promise<void> => {
    for (let next = untold[0]; next !== undefined; next = untold[0]) {
      const { kind, path, detail, from } = next
      const data = { kind, detail, ...(from === undefined ? {} : { from }) }
      if (!(await tell(accessMonitorEvents.fileChanged, path, data))) return
      untold.shift()
    }
    const more = { kind: 'more', detail: `${uncounted} more changes`, count: uncounted }
    if (uncounted > 0 && (await tell(accessMonitorEvents.fileChanged, paths.join(' '), more))) uncounted = 0
  }
  // One after the other: two at once would tell of the same change.
  let telling = Promise.resolve()
  const tellChanges = (changes: readonly FileChange[]): Promise<void> => {
    const room = maximumUntold - untold.length
    untold.push(...changes.slice(0, room))
    uncounted += Math.max(0, changes.length - room)
    telling = telling.then(tellUntold)
    return telling
  }

  const watch =
    paths.length === 0
      ? undefined
      : await watchFiles({ paths, onError, lookEveryMs: checkEverySeconds * 1000, onChanges: tellChanges })

  const holdersOf = async (): Promise<readonly FileHolder[]> => {
    if (heldPaths.length === 0) return []
    const { files } = await takeSnapshot(heldPaths)
    const { holders, unseenProcesses, blindSpots } = await listHolders([...files.keys()])
    const others = unseenProcesses === 0 ? [] : [`The files of ${unseenProcesses} processes could not be looked at.`]
    holderBlindSpots = [...blindSpots, ...others]
    return holders.filter(({ pid }) => pid !== process.pid)
  }

  const run = async (): Promise<AccessCheck> => {
    const changes = (await watch?.check()) ?? []
    await tellChanges([])
    const findings: Finding[] = []
    for (const check of checks) findings.push(...(await check()))
    const holders = await holdersOf()
    // What was told of and stands is not told of again; what was mended and comes back is.
    const now = new Set<string>()
    const tellIfNew = async (key: string, type: string, subject: string, data: Event['data']): Promise<void> => {
      if (known.has(key) || (await tell(type, subject, data))) now.add(key)
    }
    for (const { rule, severity, message, location } of findings) {
      const { path } = location
      const data = { rule, severity, message }
      await tellIfNew(`${rule} ${path} ${message}`, accessMonitorEvents.findingFound, path, data)
    }
    for (const { pid, name, user, path, by } of holders) {
      await tellIfNew(`${pid} ${name} ${by} ${path}`, accessMonitorEvents.modelHeld, path, { pid, name, user, by })
    }
    known = now
    return { changes, findings, holders }
  }

  // One check at a time, for the same reason. A check that could not be made is not a check that found nothing.
  let queue: Promise<unknown> = Promise.resolve()
  const check = (): Promise<AccessCheck> => {
    const result = queue.then(run).catch(async (error: unknown) => {
      const message = 'a check could not be made'
      await tell(accessMonitorEvents.checkFailed, [...new Set([...paths, ...heldPaths])].join(' '), { message })
      throw error
    })
    queue = result.catch(() => {})
    return result
  }
  const interval = setInterval(() => void check().catch(onError), checkEverySeconds * 1000)
  interval.unref()

  return {
    check,
    blindSpots: () => [
      ...(watch?.blindSpots() ?? ['Changes of files are not told of.']),
      ...(checks.length === 0 ? ['Contents, modes and owners are not checked.'] : []),
      ...(heldPaths.length === 0 ? ['Processes are not looked at.'] : holderBlindSpots),
    ],
    async close() {
      clearInterval(interval)
      watch?.close()
      await queue
      await telling
    },
  }
}
