import type { Clock, SessionFactory } from '@nootropic/core'
import type { ModelPackage } from '@nootropic/core/formats'
import type { ModelSecurityPolicy } from '@nootropic/core/manifest'
import type { AdversarialOptions } from '../behaviour/adversarial.ts'
import type { Dataset } from '../behaviour/dataset.ts'
import type { RobustnessOptions } from '../behaviour/robustness.ts'
import type { DependencyOptions } from '../dependencies/check-dependencies.ts'
import type { Verification } from '../provenance/verify-model.ts'
import type { SeverityReactions } from '../reactions.ts'
import type { StageRun } from '../stages.ts'

/** The least scores that admit a model, each in [0, 1]. */
export type Thresholds = ModelSecurityPolicy['spec']['validation']['thresholds']

/** How a model is validated. */
export interface ValidationOptions {
  /** Opens the model; in a sandbox, if the composer has one. */
  readonly sessions: SessionFactory
  /**
   * Examples to test with. Without them inputs are made up: consistency is measured instead of accuracy, and attack and
   * corruption stay incomplete, because nothing can be judged by inputs that no caller would send.
   */
  readonly dataset?: Dataset
  /**
   * Every switch and threshold; by default all on but `codeSigningVerification`, which only a policy that is given asks for.
   */
  readonly policy?: ModelSecurityPolicy['spec']
  /** Thresholds instead of the policy's. */
  readonly thresholds?: Partial<Thresholds>
  readonly adversarial?: AdversarialOptions
  readonly robustness?: RobustnessOptions
  /** What follows from a finding of each severity. */
  readonly reactions?: SeverityReactions
  /** How the packages that the model's files ask for are checked; without a database that stays incomplete. */
  readonly dependencies?: DependencyOptions
  /**
   * What `verifyModel` said of the signature. Without it a policy that asks who signed the model leaves the answer
   * `incomplete`; where no policy is given, the report names that as not done.
   */
  readonly verification?: Verification
  readonly clock?: Clock
  /** Decides examples, starts and noise; the same seed gives the same figures. */
  readonly seed?: number
}

/** A validation that goes on: what was asked, with defaults, and what was found so far. */
export type Validation = Required<Omit<ValidationOptions, 'dataset' | 'thresholds' | 'verification'>> & {
  /** Whether the caller asks who signed the model: by a policy of its own. */
  readonly isPolicyGiven: boolean
  readonly verification: Verification | undefined
  readonly model: ModelPackage
  readonly dataset: Dataset | undefined
  readonly thresholds: Thresholds
  readonly stages: StageRun
}

/** Why a stage is skipped whose switch is off. */
export const switchedOff = 'switched off by the policy'
/** Where the switches of stages stand in the policy. */
export const securityChecks = 'validation.securityChecks'
