import { type ApiKeys, createAuthorizer, openApiKeys, type Rule } from '@nootropic/access'
import { openAuditLog, type SignedAuditLog } from '@nootropic/access/audit'
import {
  type Clock,
  createEventBus,
  type EventBus,
  type ModelControl,
  type ModelRef,
  NootropicError,
  type Random,
  systemClock,
  systemRandom,
  type Verdict,
} from '@nootropic/core'
import type { AskPassphrase, KeyStore } from '@nootropic/core/crypto'
import { mainFile } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { type ManifestSet, parseManifestSet, readManifests } from '@nootropic/core/manifest'
import { openDatabase } from '@nootropic/core/storage'
import { detectionPlan, type Incidents, openIncidents } from '@nootropic/incident'
import { type AlertTiming, alertRules, createMonitor, type Monitor } from '@nootropic/monitoring'
import {
  createExecutor,
  type ExecutionRequest,
  type ExecutionResult,
  type ExecutionRules,
  type ModelStatus,
  openRegistry,
  openVault,
} from '@nootropic/runtime'
import { createSandbox, type IsolationLevel, type IsolationReport } from '@nootropic/runtime/sandbox'
import type { Trust } from '@nootropic/validation/provenance'
import { type Extraction, extractWatermark } from '@nootropic/watermark'
import { openAuditAnchor } from './audit-anchor.ts'
import { auditSecurityEvents } from './audit-security-events.ts'
import { defaultRules } from './default-rules.ts'
import { dependencySettings } from './dependency-settings.ts'
import { type DueTest, dueTests } from './due-tests.ts'
import { executionSettings } from './execution-settings.ts'
import { defaultHome, homeAt, userPath } from './home.ts'
import { watchSystem } from './host-watch.ts'
import { openKeys } from './key-protection.ts'
import { watermarkPurpose } from './mark-model.ts'
import { openMarkStore } from './marks.ts'
import { createModelTurns } from './model-turns.ts'
import type { Parts } from './parts.ts'
import { type Registered, type RegisterOptions, registerModel } from './register.ts'
import { sandboxSettings } from './sandbox-settings.ts'
import { openSealedModels, type SealedModels } from './sealed-models.ts'
import { readTrustedSigners } from './trusted-signers.ts'
import { verifyRegistered } from './verify-registered.ts'

/** How an installation is opened. */
export interface NootropicOptions {
  /** A directory of manifests, or one file. Without it every setting has its default. */
  readonly manifests?: string
  /** What `~/.nootropic` stands for: keys, sealed models, audit log and records. */
  readonly home?: string
  /**
   * Asked for the passphrase of the key store. A key store that is made now is put under it; without it, the
   * key-encryption key is in a file. Refused (`USAGE`) where something else protects the keys. A buffer is wiped after use.
   */
  readonly passphrase?: AskPassphrase
  /** `postgres://…`, or the path of a SQLite file; by default `state.db` under `home`. */
  readonly database?: string
  /** The least isolation that is accepted; by default what the ProcessIsolation manifest requires, or `standard`. */
  readonly isolation?: IsolationLevel
  /**
   * Whose signatures of models are accepted; by default those of this installation's own model-signing keys, and of the
   * public keys and root certificates in `config/trusted-signers` under `home`.
   */
  readonly signers?: Trust
  /** What inputs and outputs may hold, beyond what the manifests say: limits, what is redacted, rules for single models. */
  readonly guards?: ExecutionRules
  /** Who may do what; by default operators everything and callers `execute`. */
  readonly rules?: readonly Rule[]
  /** Over how long alerts are judged; by default monitoring's own. */
  readonly alertTiming?: AlertTiming
  /** Seconds between two judgements of the alert rules; 0 leaves them to calls of `monitor.evaluate`. */
  readonly alertIntervalSeconds?: number
  /** Told of a subscriber of the event bus that failed; by default it becomes a warning of the process. */
  readonly onError?: (error: unknown) => void
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly clock?: Clock
  readonly random?: Random
}

/** All of nootropic over one installation. */
export interface Nootropic {
  /** Validates a model, seals it, and lets it serve if it is the first version of its name. */
  register(path: string, options: RegisterOptions): Promise<Registered>
  /** Registers a new version and lets it serve in place of the one before. */
  update(path: string, options: RegisterOptions): Promise<Registered>
  /** Runs a model for a caller. */
  execute(request: ExecutionRequest): Promise<ExecutionResult>
  list(): Promise<ModelStatus[]>
  /** @throws NootropicError `MODEL_NOT_FOUND` */
  status(name: string): Promise<ModelStatus>
  /** The tests of the versions that serve which the manifests' schedules ask for again. */
  due(): Promise<DueTest[]>
  /** Looks for the owner's claim in the sealed weights of a version; undefined when it carries none. */
  extractWatermark(ref: ModelRef): Promise<Extraction | undefined>
  /** Whether the sealed bytes of a version, and its fingerprint, are those that were registered. */
  verify(ref: ModelRef): Promise<Verdict>
  /** What is sealed, apart from what serves. */
  readonly sealed: SealedModels
  /** What this host can prove of its isolation. */
  isolation(): Promise<IsolationReport>
  readonly control: ModelControl
  readonly keys: ApiKeys
  /** Keys of models and of this installation: to sign models with, to rotate, to export. */
  readonly keyStore: KeyStore
  readonly audit: SignedAuditLog
  readonly monitor: Monitor
  readonly incidents: Incidents
  readonly events: EventBus
  readonly settings: ManifestSet
  close(): Promise<void>
}

const warn = (error: unknown): void => process.emitWarning(error instanceof Error ? error : String(error))

/**
 * Opens an installation: the one place where the libraries meet. Each gets its contracts from here and knows none of the
 * others.
 *
 * @throws NootropicError `MANIFEST_INVALID`, `CONFIGURATION_INVALID`, `KEY_UNAVAILABLE`, `STORAGE_FAILED`, `AUDIT_UNAVAILABLE` or
 *   `AUDIT_CORRUPT`; nothing stays open then.
 * @example
 * ```ts
 * const nootropic = await openNootropic({ manifests: './security/models' })
 * const { ref, report } = await nootropic.register('./models/digits', { name: 'digits', version: '1.0.0' })
 * const { outputs } = await nootropic.execute({ model: 'digits', inputs, credential })
 * await nootropic.close()
 * ```
 */
export const openNootropic = async (options: NootropicOptions = {}): Promise<Nootropic> => {
  const { clock = systemClock, random = systemRandom, environment = process.env, onError = warn } = options
  const manifests = options.manifests
  const settings =
    manifests === undefined ? parseManifestSet([]) : await readManifests(userPath(manifests, process.cwd()))
  const { policy, rules, runsInWorkers } = executionSettings(settings)
  const home = homeAt(options.home ?? defaultHome, settings, environment)
  const opened: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    // One part that cannot be closed must not keep the others open.
    const failures: unknown[] = []
    for (const end of opened.splice(0).reverse()) await end().catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  }

  try {
    const keys = await openKeys({ directory: home.keys, passphrase: options.passphrase, random, clock })
    const database = await openDatabase(options.database ?? home.database)
    opened.push(() => database.close())
    const anchor = await openAuditAnchor(database)
    const audit = await openAuditLog({
      directory: home.audit,
      signingKey: await keys.signingKey('audit-checkpoint'),
      origin: 'nootropic.local/audit',
      anchor: await anchor.read(),
      clock,
    })
    opened.push(() => audit.close())
    opened.push(() => anchor.write(audit.checkpoint()))

    const bus = createEventBus({ clock, random, onError })
    const endSecurityEvents = auditSecurityEvents(bus, audit)
    opened.push(async () => endSecurityEvents())
    const registry = await openRegistry({ database, clock })
    const vault = await openVault({ directory: home.models, backups: home.backups, keys, random })
    const marks = await openMarkStore(database)
    const sandboxOptions = sandboxSettings(settings, policy)
    const required = options.isolation ?? sandboxOptions.require ?? 'standard'
    const sandbox = createSandbox({ ...sandboxOptions, require: required })
    const authorizer = createAuthorizer(options.rules ?? defaultRules)
    const apiKeys = await openApiKeys({
      database,
      pepper: await keys.secret('api-key-pepper'),
      clock,
      random,
      // The caller learns nothing; the operator learns why.
      onRefused: async ({ reason, keyId }) => {
        await audit.append({
          category: 'access',
          actor: keyId === undefined ? 'unknown:unknown' : `api-key:${keyId}`,
          action: 'authenticate',
          resource: 'installation:this',
          outcome: 'denied',
          reason,
        })
      },
    })
    const monitor = createMonitor({ clock, bus, rules: alertRules(settings, options.alertTiming) })
    opened.push(async () => monitor.close())

    const executor = createExecutor({
      registry,
      vault,
      sessions: runsInWorkers ? sandbox : createInProcessSessions(),
      policy,
      rules: { ...rules, ...options.guards },
      authenticator: apiKeys,
      authorizer,
      audit,
      bus,
      meter: monitor,
      clock,
    })
    opened.push(() => executor.close())
    const places = {
      home: home.root,
      keys: home.keys,
      ...(manifests === undefined ? {} : { settings: userPath(manifests, process.cwd()) }),
    }
    const host = watchSystem({ settings, places, sandbox, required, clock, bus, audit, onError })
    opened.push(() => host.stop())

    const dependencies = dependencySettings(settings, environment)
    const signers = async () => options.signers ?? (await readTrustedSigners(home.signers, keys))
    const turns = createModelTurns()
    const shared = { settings, dependencies, clock, bus, keys, audit, registry, vault, sandbox, marks }
    const parts: Parts = { ...shared, signers, turns }
    const verify = (ref: ModelRef) => verifyRegistered(parts, ref)
    const incidents = await openIncidents({
      database,
      control: executor.control,
      active: async (model) => (await registry.status(model)).active,
      verify,
      bus,
      clock,
      random,
    })
    if (detectionPlan(settings).opensFromAlerts) await incidents.start()
    opened.push(async () => incidents.stop())

    const seconds = options.alertIntervalSeconds ?? 1
    if (seconds > 0) {
      const timer = setInterval(() => void monitor.evaluate().catch(onError), seconds * 1000)
      // Judging alerts is no reason for a process to stay.
      timer.unref()
      opened.push(async () => clearInterval(timer))
    }

    return {
      async register(path, registration) {
        const registered = await registerModel(path, registration, 'first', parts)
        if ((await registry.status(registration.name)).active === undefined)
          await executor.control.activate(registered.ref)
        return registered
      },
      async update(path, registration) {
        const { ref: active } = await registry.active(registration.name)
        const { versions } = await registry.status(registration.name)
        const place = (wanted: string): number => versions.findIndex(({ version }) => version === wanted)
        // Registering the same again is no error, but an update must not bring back what was replaced.
        if (place(registration.version) >= 0 && place(registration.version) < place(active.version)) {
          const message = `expected a version of ${active.name} above ${active.version}, which serves, got ${registration.version}`
          throw new NootropicError('MODEL_EXISTS', `${message}; control.rollback goes back`)
        }
        const registered = await registerModel(path, registration, 'update', parts)
        await executor.control.activate(registered.ref)
        return registered
      },
      execute(request) {
        host.begin()
        return executor.execute(request)
      },
      list: () => registry.list(),
      status: (name) => registry.status(name),
      async due() {
        const due: DueTest[] = []
        for (const { active } of await registry.list()) {
          if (active === undefined) continue
          const { ref, report } = await registry.get(active.name, active.version)
          due.push(...dueTests(settings, ref, report, clock.now()))
        }
        return due
      },
      async extractWatermark(ref) {
        const kept = await marks.get(ref)
        if (kept?.claim === undefined) return undefined
        const { claim } = kept
        const key = await keys.secret(watermarkPurpose)
        return vault.lend(ref, async (model) => extractWatermark(mainFile(model).bytes, { key, claim }))
      },
      verify,
      sealed: openSealedModels(parts),
      isolation: () => sandbox.probe(),
      control: executor.control,
      keys: apiKeys,
      keyStore: keys,
      audit,
      monitor,
      incidents,
      events: bus,
      settings,
      close,
    }
  } catch (error) {
    // What went wrong first is what the caller needs to know.
    await close().catch(onError)
    throw error
  }
}
