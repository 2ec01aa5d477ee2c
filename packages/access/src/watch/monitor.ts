import type { Event, EventContent, Finding } from '@nootropic/core'
import { checkPermissions, type PathPermission } from '../permissions.ts'
import type { FileChange } from './changes.ts'
import { watchFiles } from './file-watch.ts'
import { type FileHolder, listHolders } from './holders.ts'
import { checkIntegrity, type ExpectedFile } from './integrity.ts'
import { takeSnapshot } from './snapshot.ts'

/** Watches models, keys and settings until it is closed. */
export interface AccessMonitor {
  /** Runs every check now, publishes what is new, and returns what is wrong. */
  check(): Promise<{
    readonly changes: readonly FileChange[]
    readonly findings: readonly Finding[]
    readonly holders: readonly FileHolder[]
  }>
  /** What it cannot see, in sentences: to be shown where its results are. */
  blindSpots(): string[]
  close(): void
}

const defaultCheckSeconds = 300

/** The types of event that a monitor publishes. */
export const accessMonitorEvents = {
  fileChanged: 'ai.nootropic.access.file.changed',
  findingFound: 'ai.nootropic.access.finding.found',
  modelHeld: 'ai.nootropic.access.model.held',
  checkFailed: 'ai.nootropic.access.check.failed',
} as const

/**
 * Watches files as the manifest kind AccessMonitoring asks for: changes as they happen, and at intervals integrity,
 * permissions and the processes that hold a file. A finding or holder is published when it is new, not at every check.
 *
 * It detects and never prevents; `blindSpots()` says what it cannot see.
 *
 * @param options.paths absolute files and directories.
 * @param options.expected digests from `recordIntegrity`; without it contents are not read.
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
  expected?: readonly ExpectedFile[]
  permissions?: readonly PathPermission[]
  watchProcesses?: boolean
  checkEverySeconds?: number
  publish: (content: EventContent) => Promise<unknown>
  onError: (error: unknown) => void
}): Promise<AccessMonitor> => {
  const { paths, expected, permissions = [], watchProcesses = true, publish, onError } = options
  const { checkEverySeconds = defaultCheckSeconds } = options
  let known = new Set<string>()
  let holderBlindSpots: string[] = []

  const tell = async (type: string, subject: string, data: Event['data']): Promise<void> => {
    try {
      await publish({ source: '/nootropic/access', type, subject, data })
    } catch (error) {
      onError(error)
    }
  }

  const watch = await watchFiles({
    paths,
    onError,
    lookEveryMs: checkEverySeconds * 1000,
    onChanges: async (changes) => {
      for (const { kind, path, detail, from } of changes) {
        await tell(accessMonitorEvents.fileChanged, path, { kind, detail, ...(from === undefined ? {} : { from }) })
      }
    },
  })

  const holdersOf = async (): Promise<readonly FileHolder[]> => {
    if (!watchProcesses) return []
    const { holders, unseenProcesses, blindSpots } = await listHolders([...(await takeSnapshot(paths)).files.keys()])
    const others = unseenProcesses === 0 ? [] : [`The files of ${unseenProcesses} processes could not be looked at.`]
    holderBlindSpots = [...blindSpots, ...others]
    return holders.filter(({ pid }) => pid !== process.pid)
  }

  const run = async () => {
    const changes = await watch.check()
    const findings = [
      ...(expected === undefined ? [] : await checkIntegrity(expected, paths)),
      ...(await checkPermissions(permissions)),
    ]
    const holders = await holdersOf()
    // What was told of and stands is not told of again; what was mended and comes back is.
    const now = new Set<string>()
    const tellIfNew = async (key: string, type: string, subject: string, data: Event['data']): Promise<void> => {
      now.add(key)
      if (!known.has(key)) await tell(type, subject, data)
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

  // One check at a time: two at once would tell of the same thing twice.
  let queue: Promise<unknown> = Promise.resolve()
  const check = (): ReturnType<typeof run> => {
    const result = queue.then(run)
    queue = result.catch(() => {})
    return result
  }
  const interval = setInterval(() => {
    check().catch(async (error: unknown) => {
      onError(error)
      // A check that could not be made is not a check that found nothing.
      await tell(accessMonitorEvents.checkFailed, paths.join(' '), { message: 'a periodic check could not be made' })
    })
  }, checkEverySeconds * 1000)
  interval.unref()

  return {
    check,
    blindSpots: () => [
      ...watch.blindSpots(),
      ...(expected === undefined ? ['Contents are not read: no digests were recorded.'] : []),
      ...(watchProcesses ? holderBlindSpots : ['Processes are not looked at.']),
    ],
    close() {
      clearInterval(interval)
      watch.close()
    },
  }
}
