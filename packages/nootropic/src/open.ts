import { createEventBus, type ModelRef, NootropicError, systemClock, systemRandom } from '@nootropic/core'
import { mainFile } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { detectionPlan, openIncidents } from '@nootropic/incident'
import { alertRules, createMonitor } from '@nootropic/monitoring'
import { createExecutor, openRegistry, openVault } from '@nootropic/runtime'
import { createSandbox } from '@nootropic/runtime/sandbox'
import { extractWatermark } from '@nootropic/watermark'
import { openInstallationAccess } from './access/installation-access.ts'
import { openInstallationRecords } from './audit/installation-records.ts'
import { auditSecurityEvents } from './audit/security-events.ts'
import { dependencySettings } from './dependency-settings.ts'
import { type DueTest, dueTests } from './due-tests.ts'
import { executionSettings } from './execution-settings.ts'
import { userPath } from './home.ts'
import { createHousekeeping } from './housekeeping.ts'
import type { Nootropic, NootropicOptions } from './installation.ts'
import { verifyInterval } from './interval.ts'
import { openKeys } from './key-protection.ts'
import { watermarkPurpose } from './mark-model.ts'
import { openMarkStore } from './marks.ts'
import { createModelTurns } from './model-turns.ts'
import type { Parts } from './parts.ts'
import { readPlaces } from './places.ts'
import { registerModel } from './register.ts'
import { sandboxSettings } from './sandbox-settings.ts'
import { openSealedModels } from './sealed-models.ts'
import { readTrustedSigners } from './trusted-signers.ts'
import { verifyRegistered } from './verify-registered.ts'
import { openInstallationWatch } from './watch/installation-watch.ts'

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
  const { manifests } = options
  const tidyEverySeconds = verifyInterval('tidyEverySeconds', options.tidyEverySeconds ?? 300)
  const alertIntervalSeconds = verifyInterval('alertIntervalSeconds', options.alertIntervalSeconds ?? 1)
  const { settings, home, database: location } = await readPlaces(options)
  const { policy, rules, runsInWorkers } = executionSettings(settings)
  const opened: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    // One part that cannot be closed must not keep the others open.
    const failures: unknown[] = []
    for (const end of opened.splice(0).reverse()) await end().catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  }

  try {
    const keys = await openKeys({ directory: home.keys, passphrase: options.passphrase, random, clock })
    const records = await openInstallationRecords({ location, home, keys, settings, environment, clock, random })
    opened.push(() => records.close())
    const { database, audit } = records

    const bus = createEventBus({ clock, random, onError })
    const endSecurityEvents = auditSecurityEvents(bus, audit)
    opened.push(async () => endSecurityEvents())
    const registry = await openRegistry({ database, clock })
    const vault = await openVault({ directory: home.models, backups: home.backups, keys, random })
    const marks = await openMarkStore(database)
    const sandboxOptions = sandboxSettings(settings, policy)
    const required = options.isolation ?? sandboxOptions.require ?? 'standard'
    const sandbox = createSandbox({ ...sandboxOptions, require: required })
    const credentials = await openInstallationAccess(
      { database, keyStore: keys, settings, audit, clock, random, root: home.root, rules: options.rules },
      options.access ?? {},
    )
    opened.push(() => credentials.close())
    const { access, quotas } = credentials
    const monitor = createMonitor({ clock, bus, rules: alertRules(settings, options.alertTiming) })
    opened.push(async () => monitor.close())

    const executor = createExecutor({
      registry,
      vault,
      sessions: runsInWorkers ? sandbox : createInProcessSessions(),
      policy,
      rules: { ...rules, ...options.guards },
      authenticator: access.authenticator,
      authorizer: access.authorizer,
      ...(quotas === undefined ? {} : { usage: quotas }),
      ...(sandboxOptions.limits?.deadlineMs === undefined ? {} : { deadlineMs: sandboxOptions.limits.deadlineMs }),
      audit,
      bus,
      meter: monitor,
      clock,
    })
    opened.push(() => executor.close())
    const place = manifests === undefined ? undefined : userPath(manifests, process.cwd())
    const places = { home: home.root, keys: home.keys, ...(place === undefined ? {} : { settings: place }) }
    const watched = { settings, home, manifests: place, environment, places, sandbox, required }
    const told = { database, registry, vault, bus, audit, clock, onError }
    const watch = await openInstallationWatch({ ...watched, ...told })
    opened.push(() => watch.stop())

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

    const tasks = [() => records.tend(), () => credentials.removeExpired()]
    const housekeeping = createHousekeeping(tasks, tidyEverySeconds, onError)
    opened.push(() => housekeeping.stop())
    // A command is over before the first round is due.
    if (tidyEverySeconds !== 0) await housekeeping.run()

    if (alertIntervalSeconds > 0) {
      const timer = setInterval(() => void monitor.evaluate().catch(onError), alertIntervalSeconds * 1000)
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
        watch.begin()
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
      keys: credentials.keys,
      sessions: credentials.sessions,
      mfa: credentials.mfa,
      access,
      keyStore: keys,
      audit: records.log,
      data: records.data,
      files: watch.files,
      checkPermissions: watch.checkPermissions,
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
