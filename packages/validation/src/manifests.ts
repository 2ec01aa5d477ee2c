import { NootropicError } from '@nootropic/core'
import type {
  AdversarialTesting,
  DependencyScanning,
  ModelVulnerabilityScanning,
  RobustnessTesting,
} from '@nootropic/core/manifest'
import { type AdversarialOptions, type Attack, defaultAdversarialOptions } from './behaviour/adversarial.ts'
import { attackRegistry } from './behaviour/attacks/registry.ts'
import { corruptionRegistry } from './behaviour/corruptions/index.ts'
import { type Corruption, defaultRobustnessOptions, type RobustnessOptions } from './behaviour/robustness.ts'
import type { DependencyOptions } from './dependencies/check-dependencies.ts'
import type { SeverityReactions } from './reactions.ts'
import type { AttackModelOptions } from './report/attack-model.ts'
import { defaultEpsilons } from './report/epsilon.ts'
import type { RobustnessTestOptions } from './report/test-model-robustness.ts'

const budget = (duration: number | undefined): { budgetMs?: number } =>
  duration === undefined ? {} : { budgetMs: duration }

const attackOf = (attack: AdversarialTesting['spec']['attacks'][number]): Attack => {
  if (attack.type === 'fgsm' || attack.type === 'pgd') return attack
  const { type, epsilon, steps } = attack
  return { type, epsilon, ...(steps === undefined ? {} : { steps }) }
}

/** What an AdversarialTesting manifest asks of {@link validate}: attacks with their epsilons, and the time budget. */
export const adversarialOptions = ({ spec }: AdversarialTesting): AdversarialOptions => ({
  ...defaultAdversarialOptions,
  attacks: spec.attacks.map(attackOf),
  ...budget(spec.schedule.duration),
})

/** What an AdversarialTesting manifest asks of `attackModel` (`@nootropic/validation/behaviour`). */
export const attackOptions = ({
  spec,
}: AdversarialTesting): Pick<AttackModelOptions, 'attacks' | 'judgedAt' | 'budgetMs'> => ({
  attacks: spec.attacks.map((attack) => ({
    name: attack.type,
    epsilons: [...new Set([...defaultEpsilons[attackRegistry[attack.type].norms[0]], attack.epsilon])],
    effort: 'steps' in attack && attack.steps !== undefined ? { steps: attack.steps } : {},
  })),
  judgedAt: Math.max(...spec.attacks.map(({ epsilon }) => epsilon)),
  ...budget(spec.schedule.duration),
})

/** @throws NootropicError `CONFIGURATION_INVALID` where examples would have to be of two kinds */
const corruptionsOf = ({ metadata, spec }: RobustnessTesting) => {
  const corruptions = spec.tests.flatMap(({ type }) => (type === 'noise' || type === 'blur' ? [] : [type]))
  const [modality, other] = [...new Set(corruptions.map((name) => corruptionRegistry[name].modality))]
  if (other !== undefined) {
    const found = `those of ${modality} and of ${other} in ${metadata.name}`
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      `expected the corruptions of a RobustnessTesting manifest to be of one kind, found ${found}; write two manifests`,
    )
  }
  return modality === undefined ? undefined : { corruptions, modality }
}

const ownTests = ({ spec }: RobustnessTesting): readonly Corruption[] =>
  spec.tests.flatMap((test) => (test.type === 'noise' || test.type === 'blur' ? [test] : []))

/** What a RobustnessTesting manifest asks of {@link validate}: tests with level and kernel, corruptions, and the time budget. */
export const robustnessOptions = (manifest: RobustnessTesting): RobustnessOptions => {
  const suite = corruptionsOf(manifest)
  return {
    ...defaultRobustnessOptions,
    tests: ownTests(manifest),
    ...(suite === undefined ? {} : { suite }),
    ...budget(manifest.spec.schedule.duration),
  }
}

/** What a RobustnessTesting manifest asks of `testModelRobustness` (`@nootropic/validation/behaviour`). */
export const robustnessTestOptions = (
  manifest: RobustnessTesting,
): Pick<RobustnessTestOptions, 'tests' | 'corruptions' | 'modality' | 'budgetMs'> => ({
  tests: ownTests(manifest),
  ...(corruptionsOf(manifest) ?? { corruptions: [] }),
  ...budget(manifest.spec.schedule.duration),
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

const numericCorruptions = Object.entries(corruptionRegistry).flatMap(([name, { modality }]) =>
  modality === 'text' ? [] : [name],
)

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
  ...Object.keys(attackRegistry).flatMap((name) =>
    ['', '.epsilon', ...(name === 'fgsm' ? [] : ['.steps'])].map(
      (field) => `AdversarialTesting:attacks.${name}${field}`,
    ),
  ),
  'AdversarialTesting:schedule.duration',
  ...['noise', 'noise.level', 'blur', 'blur.kernel', ...numericCorruptions].map(
    (name) => `RobustnessTesting:tests.${name}`,
  ),
  'RobustnessTesting:schedule.duration',
  'ModelVulnerabilityScanning:scanner=local',
  ...['critical', 'high', 'medium', 'low', 'info'].map((name) => `ModelVulnerabilityScanning:severity.${name}`),
]
