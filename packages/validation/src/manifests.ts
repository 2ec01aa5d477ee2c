import type {
  AdversarialTesting,
  DependencyScanning,
  ModelVulnerabilityScanning,
  RobustnessTesting,
} from '@nootropic/core/manifest'
import { type AdversarialOptions, defaultAdversarialOptions } from './behaviour/adversarial.ts'
import { defaultRobustnessOptions, type RobustnessOptions } from './behaviour/robustness.ts'
import type { DependencyOptions } from './dependencies/check-dependencies.ts'
import type { SeverityReactions } from './reactions.ts'

const budget = (duration: number | undefined): { budgetMs?: number } =>
  duration === undefined ? {} : { budgetMs: duration }

/** What an AdversarialTesting manifest asks of {@link validate}: attacks with their epsilons, and the time budget. */
export const adversarialOptions = ({ spec }: AdversarialTesting): AdversarialOptions => ({
  ...defaultAdversarialOptions,
  attacks: spec.attacks,
  ...budget(spec.schedule.duration),
})

/** What a RobustnessTesting manifest asks of {@link validate}: corruptions with level and kernel, and the time budget. */
export const robustnessOptions = ({ spec }: RobustnessTesting): RobustnessOptions => ({
  ...defaultRobustnessOptions,
  tests: spec.tests,
  ...budget(spec.schedule.duration),
})

/** What a ModelVulnerabilityScanning manifest says is to follow from a finding of each severity. */
export const severityReactions = ({ spec }: ModelVulnerabilityScanning): SeverityReactions => spec.severity

/**
 * What a DependencyScanning manifest asks of {@link validate} and of `checkDependencies`: which packages count. The path of
 * its database is resolved by whoever knows where the manifest stands.
 */
export const dependencyOptions = ({ spec }: DependencyScanning, database: string | undefined): DependencyOptions => ({
  database,
  scope: { direct: spec.scope.includes('direct'), transitive: spec.scope.includes('transitive') },
})

const policy = 'ModelSecurityPolicy:validation'

/**
 * The settings that this package honours, as `notYetEnforced` of `@nootropic/core/manifest` takes them. Schedules are
 * kept by whoever calls {@link validate}.
 */
export const enforcedSettings: readonly string[] = [
  `${policy}.securityChecks.codeAnalysis.vulnerabilityScan`,
  `${policy}.securityChecks.codeAnalysis.dependencyCheck`,
  `${policy}.securityChecks.codeAnalysis.backdoorDetection`,
  `${policy}.securityChecks.codeAnalysis.codeSigningVerification`,
  ...['inputValidation', 'outputStability', 'resourceUsage', 'performanceProfiling'].map(
    (name) => `${policy}.securityChecks.behavioralAnalysis.${name}`,
  ),
  ...['dataCollection', 'processingTransparency', 'userControl'].map(
    (name) => `${policy}.securityChecks.privacyAssessment.${name}`,
  ),
  ...['securityScore', 'privacyScore', 'performanceScore'].map((name) => `${policy}.thresholds.${name}`),
  ...['fgsm', 'fgsm.epsilon', 'pgd', 'pgd.steps', 'pgd.epsilon'].map((name) => `AdversarialTesting:attacks.${name}`),
  'AdversarialTesting:schedule.duration',
  ...['noise', 'noise.level', 'blur', 'blur.kernel'].map((name) => `RobustnessTesting:tests.${name}`),
  'RobustnessTesting:schedule.duration',
  'ModelVulnerabilityScanning:scanner=local',
  ...['critical', 'high', 'medium', 'low', 'info'].map((name) => `ModelVulnerabilityScanning:severity.${name}`),
]
