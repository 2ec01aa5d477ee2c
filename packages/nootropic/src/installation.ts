import type { ApiKeys, Mfa, Rule, Sessions } from '@nootropic/access'
import type { SignedAuditLog } from '@nootropic/access/audit'
import type { Clock, EventBus, Finding, ModelControl, ModelRef, Random, Verdict } from '@nootropic/core'
import type { AskPassphrase, KeyStore } from '@nootropic/core/crypto'
import type { ManifestSet } from '@nootropic/core/manifest'
import type { Incidents } from '@nootropic/incident'
import type { AlertTiming, Monitor } from '@nootropic/monitoring'
import type { ExecutionRequest, ExecutionResult, ExecutionRules, ModelStatus } from '@nootropic/runtime'
import type { IsolationLevel, IsolationReport } from '@nootropic/runtime/sandbox'
import type { Trust } from '@nootropic/validation/provenance'
import type { Extraction } from '@nootropic/watermark'
import type { AccessOptions, InstallationAccess } from './access/installation-access.ts'
import type { DueTest } from './due-tests.ts'
import type { DataControl } from './people/data-control.ts'
import type { Registered, RegisterOptions } from './register.ts'
import type { SealedModels } from './sealed-models.ts'
import type { InstallationWatch } from './watch/installation-watch.ts'

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
  /** Who may do what, for good; by default what was published, and before that operators everything and callers `execute`. */
  readonly rules?: readonly Rule[]
  /** How callers are known, and how much they may use; it counts in place of `config/access.yaml` under `home`. */
  readonly access?: AccessOptions
  /** Over how long alerts are judged; by default monitoring's own. */
  readonly alertTiming?: AlertTiming
  /** Seconds between two judgements of the alert rules; 0 leaves them to calls of `monitor.evaluate`. */
  readonly alertIntervalSeconds?: number
  /** Seconds between two rounds of removing what has expired, 300 by default; 0 leaves them out. */
  readonly tidyEverySeconds?: number
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
  readonly sessions: Sessions
  /** Second factors of the host's users, and proofs of them. */
  readonly mfa: Mfa
  /** What a guard in front of a host's own operations takes, and the rules that were published. */
  readonly access: InstallationAccess
  /** Keys of models and of this installation: to sign models with, to rotate, to export. */
  readonly keyStore: KeyStore
  readonly audit: SignedAuditLog
  /** What is kept of people: listed, exported, erased. */
  readonly data: DataControl
  /** What AccessMonitoring watches: checked now, and what it cannot see. */
  readonly files: InstallationWatch['files']
  /** What is wrong with the owners and modes that ModelPermissions asks for; it is mended where it can be. */
  checkPermissions(): Promise<Finding[]>
  readonly monitor: Monitor
  readonly incidents: Incidents
  readonly events: EventBus
  readonly settings: ManifestSet
  close(): Promise<void>
}
