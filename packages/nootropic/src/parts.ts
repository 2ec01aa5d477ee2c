import type { AuditLog, Clock, EventBus } from '@nootropic/core'
import type { KeyStore } from '@nootropic/core/crypto'
import type { ManifestSet } from '@nootropic/core/manifest'
import type { Registry, Vault } from '@nootropic/runtime'
import type { Sandbox } from '@nootropic/runtime/sandbox'
import type { DependencyOptions } from '@nootropic/validation'
import type { Trust } from '@nootropic/validation/provenance'
import type { MarkStore } from './marks.ts'
import type { ModelTurns } from './model-turns.ts'

/** What the facade is made of, for those of its operations that stand in files of their own. */
export interface Parts {
  readonly settings: ManifestSet
  /** How the settings say that the packages a model asks for are checked. */
  readonly dependencies: DependencyOptions
  readonly clock: Clock
  readonly bus: EventBus
  readonly keys: KeyStore
  readonly audit: AuditLog
  readonly registry: Registry
  readonly vault: Vault
  readonly sandbox: Sandbox
  /** Whose signatures are accepted now; undefined when nobody is named. */
  readonly signers: () => Promise<Trust | undefined>
  readonly marks: MarkStore
  readonly turns: ModelTurns
}
