import { join } from 'node:path'
import {
  type AccessCheck,
  type AccessMonitor,
  accessMonitorEvents,
  createIntegrityCheck,
  type ExpectedFile,
  openAccessMonitor,
} from '@nootropic/access'
import {
  type AuditLog,
  type Clock,
  type EventBus,
  type EventContent,
  type Finding,
  isNootropicError,
  type ModelRef,
  modelRefSchema,
} from '@nootropic/core'
import type { AccessMonitoring, ManifestSet } from '@nootropic/core/manifest'
import type { Database } from '@nootropic/core/storage'
import type { Registry, Vault } from '@nootropic/runtime'
import type { Home } from '../home.ts'
import { installationPath } from '../installation-path.ts'
import type { ModelPermissions } from './model-permissions.ts'
import { openSealedDigests, type SealedDigests } from './sealed-digests.ts'

/** What watching the files of an installation takes. */
export interface AccessWatchParts {
  readonly settings: ManifestSet
  readonly home: Pick<Home, 'root' | 'models' | 'keys'>
  /** Where the manifests stand, if there are any. */
  readonly manifests?: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly database: Database
  readonly registry: Pick<Registry, 'list'>
  readonly vault: Pick<Vault, 'openReader'>
  readonly permissions: Pick<ModelPermissions, 'check'>
  readonly bus: EventBus
  readonly audit: Pick<AuditLog, 'append'>
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/** The files of an installation, watched while models run, where an AccessMonitoring manifest asks for it. */
export interface AccessWatch {
  /** The first model is about to run: watching begins, and everything is checked from time to time. Nobody waits for it. */
  begin(): void
  /** Checks everything now; watching begins if it has not yet. */
  check(): Promise<AccessCheck>
  /** What is not seen, in sentences. */
  blindSpots(): string[]
  stop(): Promise<void>
}

const nothing: AccessCheck = { changes: [], findings: [], holders: [] }
const notWatched = 'Nothing is watched: no AccessMonitoring manifest asks for it.'
const notBegun = 'Nothing is watched yet: watching begins with the first execution or check.'
const recordsUnwatched =
  'The database, the audit log and the backups change with every use and are not watched: the audit log proves itself (`nootropic audit verify`).'
const contentsDaily =
  'Contents of sealed models are read when the kernel tells of a change, and once a day: a change below the file system is seen that late.'

const paths = (specs: readonly AccessMonitoring[], type: 'file' | 'process', parts: AccessWatchParts): string[] => {
  const { settings, home, manifests, environment } = parts
  const all = [home.models, home.keys, join(home.root, 'config'), ...(manifests === undefined ? [] : [manifests])]
  const place = { root: home.root, environment }
  const named = specs.flatMap((manifest) =>
    manifest.spec.monitoring
      .filter((entry) => entry.type === type)
      .flatMap(({ files }) => files?.map(({ path }) => installationPath(settings, manifest, path, place)) ?? all),
  )
  return [...new Set(named)]
}

/** What happened is on record first: what cannot be kept is published again. */
const publisher =
  (logging: readonly string[], { audit, bus }: AccessWatchParts, signal: AbortSignal) =>
  async (content: EventContent) => {
    if (signal.aborted) return
    const { type, source, subject = 'unknown', data } = content
    if (logging.includes('audit')) {
      const isWrong = type === accessMonitorEvents.findingFound || type === accessMonitorEvents.checkFailed
      await audit.append({
        category: 'security',
        actor: `system:${source}`,
        action: type.replace('ai.nootropic.access.', ''),
        resource: `file:${subject}`,
        outcome: isWrong ? 'failed' : 'succeeded',
        details: data,
      })
    }
    if (logging.includes('local')) await bus.publish(content)
  }

/** What was registered and is not what it was, though nobody recorded its files: they do not open. */
const unopenedFinding = ({ models }: Pick<Home, 'models'>, { name, version }: ModelRef, error: unknown): Finding => ({
  rule: 'integrity/content',
  severity: isNootropicError(error, 'SEALED_FILE_CORRUPT') ? 'critical' : 'medium',
  title: 'A sealed model does not open',
  message: error instanceof Error ? error.message : String(error),
  location: { path: join(models, name, version) },
  remediation: `Restore it from its backup: nootropic restore ${name} ${version}.`,
  references: ['https://cwe.mitre.org/data/definitions/353.html'],
  tags: ['CWE-353'],
})

/** The check of sealed models: those that were registered before anybody watched are recorded at the first one. */
const integrityCheck = (digests: SealedDigests, { registry, home, clock }: AccessWatchParts, signal: AbortSignal) => {
  let recorded: readonly ExpectedFile[] = []
  const compare = createIntegrityCheck({ recorded: async () => recorded, clock, signal })
  return async (): Promise<Finding[]> => {
    const findings: Finding[] = []
    const known = new Set((await digests.list()).map(({ name, version }) => `${name} ${version}`))
    for (const ref of (await registry.list()).flatMap(({ versions }) => versions)) {
      if (known.has(`${ref.name} ${ref.version}`)) continue
      await digests.record(ref, signal).catch((error: unknown) => findings.push(unopenedFinding(home, ref, error)))
      signal.throwIfAborted()
    }
    recorded = await digests.list()
    return [...findings, ...(await compare())]
  }
}

/**
 * Watches an installation as its AccessMonitoring manifests say: `file` tells of changes to models, keys and settings, of sealed
 * models that are not what was admitted, and of modes and owners; `process` of who holds these files. `local` publishes
 * it as events, `audit` keeps it in the audit log.
 *
 * The digests of sealed files are recorded when a model is registered, from the moment of this call on.
 *
 * @throws NootropicError `CONFIGURATION_INVALID`, `STORAGE_FAILED`
 */
export const watchAccess = async (parts: AccessWatchParts): Promise<AccessWatch> => {
  const { settings, database, home, vault, bus, onError } = parts
  const specs = settings.manifests.filter((manifest) => manifest.kind === 'AccessMonitoring')
  const [watched, held] = [paths(specs, 'file', parts), paths(specs, 'process', parts)]
  const logging = specs.flatMap(({ spec }) => spec.logging.map(({ type }) => type))
  if (specs.length === 0) {
    return { begin() {}, check: async () => nothing, blindSpots: () => [notWatched], async stop() {} }
  }

  const isFileAsked = watched.length > 0
  const digests = isFileAsked ? await openSealedDigests({ database, models: home.models, vault }) : undefined
  const endRecording = bus.subscribe('ai.nootropic.model.registered', async ({ subject, data }) => {
    await digests?.record(modelRefSchema.parse({ name: subject, version: data.version, digest: data.digest }))
  })

  const controller = new AbortController()
  const { signal } = controller
  let opening: Promise<AccessMonitor> | undefined
  let opened: AccessMonitor | undefined
  const open = async (): Promise<AccessMonitor> => {
    opening ??= openAccessMonitor({
      paths: watched,
      heldPaths: held,
      // Modes first: what is mended opens.
      checks: digests === undefined ? [] : [() => parts.permissions.check(), integrityCheck(digests, parts, signal)],
      publish: publisher(logging, parts, signal),
      onError,
    })
    try {
      opened = await opening
      return opened
    } catch (error) {
      opening = undefined
      throw error
    }
  }
  // The last of them ends after all others.
  let underWay: Promise<unknown> = Promise.resolve()
  const check = (): Promise<AccessCheck> => {
    const result = open().then((monitor) => monitor.check())
    underWay = result.catch(() => {})
    return result
  }
  let hasBegun = false

  return {
    begin() {
      if (hasBegun) return
      hasBegun = true
      check().catch((error: unknown) => {
        hasBegun = opened !== undefined
        if (!signal.aborted) onError(error)
      })
    },
    check,
    blindSpots: () => [
      ...(opened?.blindSpots() ?? [notBegun]),
      ...(isFileAsked ? [contentsDaily, recordsUnwatched] : []),
    ],
    async stop() {
      endRecording()
      // Nobody who closes an installation waits until every model was read.
      controller.abort()
      await underWay
      await opening?.then((monitor) => monitor.close()).catch(() => undefined)
    },
  }
}
